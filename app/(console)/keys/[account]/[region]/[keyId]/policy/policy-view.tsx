'use client'

import SegmentedControl from '@cloudscape-design/components/segmented-control'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMemo } from 'react'
import Box from '@cloudscape-design/components/box'
import { readablePolicy } from '@/components/policy/lay-out'
import { Unknown } from '@/components/value/unknown'
import type { PolicyMakers } from '@/lib/changes/match/policy-makers'
import type { KeyPolicy } from '@/lib/inventory/key-detail'
import { DocumentView } from './document-view'
import { DraftView } from './draft-view'
import { HistoryView } from './history-view'
import { ReadView } from './read-view'
import { policyViews, usePlace } from './use-place'
import '@/components/policy/policy.css'

const labels = { read: 'Read', document: 'Document', history: 'History', draft: 'Drafts' } as const

type Props = {
  detail: KeyPolicy
  /** Who made which version, as far as the trail tells. */
  makers: PolicyMakers
  mayDraft: boolean
}

/** The key's policy: in sentences, as it is written, as it was, and as it could be. */
export function PolicyView({ detail, makers, mayDraft }: Props) {
  const { view, go } = usePlace()
  return (
    <SpaceBetween size="m">
      <SegmentedControl
        label="How to look at the policy"
        selectedId={view}
        options={policyViews.map((id) => ({ id, text: labels[id] }))}
        onChange={({ detail: { selectedId } }) => go({ view: selectedId })}
      />
      <Shown detail={detail} makers={makers} mayDraft={mayDraft} />
    </SpaceBetween>
  )
}

function Shown({ detail, makers, mayDraft }: Props) {
  const { view } = usePlace()
  const { key, policy } = detail
  const text = useMemo(() => policy && readablePolicy(policy.text), [policy])
  if (view === 'history') return <HistoryView detail={detail} makers={makers} />
  if (view === 'draft') return <DraftView detail={detail} mayDraft={mayDraft} />
  if (!policy || text === null) {
    return (
      <Box>
        <Unknown why={key.problems.policy?.message} />{' '}
        {key.problems.policy?.message ?? 'The key policy has not been read yet.'}
      </Box>
    )
  }
  const shown = { policyOf: key, text, stored: policy.text, observedAt: policy.observedAt }
  return view === 'document' ? <DocumentView {...shown} /> : <ReadView {...shown} />
}
