'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMemo, useState } from 'react'
import type { CodeProps } from '@/components/policy/code-mirror'
import { PolicyCode } from '@/components/policy/policy-code'
import { explainPolicy, type StatementExplanation } from '@/lib/policy/explain/explain'
import { FindingList } from './finding-list'
import { PolicyHeader, type ShownPolicy } from './policy-header'
import { useLint } from './use-lint'

/** What each statement says, next to where it says so. */
export function ReadView(shown: ShownPolicy) {
  const { text, policyOf } = shown
  const explanation = useMemo(() => explainPolicy(text, 'key'), [text])
  const findings = useLint(text, policyOf)
  const [lit, setLit] = useState<number | null>(null)
  const [goTo, setGoTo] = useState<CodeProps['goTo']>(null)
  const range = explanation.statements.find(({ index }) => index === lit)?.range
  const span = useMemo(
    () => (range ? { start: range.start.offset, end: range.end.offset } : null),
    [range],
  )
  return (
    <Container header={<PolicyHeader title="What the key policy says" {...shown} />}>
      <SpaceBetween size="m">
        {explanation.summary.map((sentence) => (
          <Box key={sentence}>{sentence}</Box>
        ))}
        <FindingList
          findings={findings}
          onGoTo={({ range: { start } }) => setGoTo({ offset: start.offset, focus: true })}
        />
        <div className="claviger-policy-read">
          <div>
            {explanation.statements.length === 0 && (
              <Box>No statement of this document can be read. The findings above say why.</Box>
            )}
            {explanation.statements.map((statement) => (
              <Statement
                key={statement.index}
                statement={statement}
                isLit={statement.index === lit}
                onLook={() => setLit(statement.index)}
                onGoTo={() => setGoTo({ offset: statement.range.start.offset, focus: true })}
              />
            ))}
          </div>
          <PolicyCode
            text={text}
            label="Key policy, the statement that is read marked"
            findings={findings}
            lit={span}
            goTo={goTo}
          />
        </div>
      </SpaceBetween>
    </Container>
  )
}

type Props = {
  statement: StatementExplanation
  isLit: boolean
  onLook: () => void
  onGoTo: () => void
}

function Statement({
  statement: { index, sid, range, sentences, parts },
  isLit,
  onLook,
  onGoTo,
}: Props) {
  const name = sid ? `${index + 1}. ${sid}` : `Statement ${index + 1}`
  return (
    <section
      className="claviger-statement"
      data-lit={isLit || undefined}
      aria-label={name}
      onFocus={onLook}
      onMouseEnter={onLook}
    >
      <SpaceBetween direction="horizontal" size="xs">
        <h3>{name}</h3>
        <Button
          variant="inline-link"
          ariaLabel={`${name}: show in the document, line ${range.start.line}`}
          onClick={onGoTo}
        >
          line {range.start.line}
        </Button>
      </SpaceBetween>
      {sentences.map((sentence, i) => (
        <p key={i}>{sentence}</p>
      ))}
      <Whole what="principals" items={parts.who} />
      <Whole what="conditions" items={parts.when} />
    </section>
  )
}

/** A list that its sentence cuts short, in full. */
function Whole({ what, items }: { what: string; items: readonly string[] }) {
  if (items.length <= fewItems) return null
  return (
    <ExpandableSection headerText={`All ${items.length} ${what}`}>
      <ul className="claviger-statement-list" tabIndex={0}>
        {items.map((item, i) => (
          <li key={i}>{item}</li>
        ))}
      </ul>
    </ExpandableSection>
  )
}

const fewItems = 8
