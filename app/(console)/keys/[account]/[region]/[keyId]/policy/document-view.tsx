'use client'

import Container from '@cloudscape-design/components/container'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import type { CodeProps } from '@/components/policy/code-mirror'
import { PolicyCode } from '@/components/policy/policy-code'
import { FindingList } from './finding-list'
import { PolicyHeader, type ShownPolicy } from './policy-header'
import { useLint } from './use-lint'

/** The document itself: folded, numbered, with the linter's remarks in the margin. */
export function DocumentView(shown: ShownPolicy) {
  const { text, policyOf } = shown
  const findings = useLint(text, policyOf)
  const [goTo, setGoTo] = useState<CodeProps['goTo']>(null)
  return (
    <Container header={<PolicyHeader title="Key policy" {...shown} />}>
      <SpaceBetween size="m">
        <PolicyCode text={text} label="Key policy" findings={findings} goTo={goTo} />
        <FindingList
          findings={findings}
          onGoTo={({ range }) => setGoTo({ offset: range.start.offset, focus: true })}
        />
      </SpaceBetween>
    </Container>
  )
}
