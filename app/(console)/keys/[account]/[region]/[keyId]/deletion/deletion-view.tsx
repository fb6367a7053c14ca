'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { useFrame } from '@/components/shell/page-frame'
import { BoxTable } from '@/components/table/box-table'
import { WindowNotice } from '@/components/trail/window-notice'
import { Identifier } from '@/components/value/identifier'
import { KeyState } from '@/components/value/key-state'
import { Moment } from '@/components/value/moment'
import { isStopped, type DeletionFacts } from '@/lib/changes/safe-to-delete/deletion-facts'
import {
  listEvidence,
  verdictOf,
  type Evidence,
  type EvidenceState,
  type Verdict,
} from '@/lib/changes/safe-to-delete/evidence'
import type { KeyRow } from '@/lib/inventory/key-detail'
import { keyPath } from '@/lib/kms/arn'
import { titleOfKey } from '../key-tabs'
import { Plan } from './plan'

/** What is known of what the deletion of a key would break, and the staged way to it. */
export function DeletionView({ facts }: { facts: DeletionFacts }) {
  const { key, window } = facts
  useFrame({
    breadcrumbs: [
      { text: 'Keys', href: '/keys' },
      { text: titleOfKey(key), href: keyPath(key) },
      { text: 'Safe to delete?', href: `${keyPath(key)}/deletion` },
    ],
  })
  const evidence = listEvidence(facts)
  return (
    <ContentLayout
      header={
        <SpaceBetween size="xxs">
          <Header
            variant="h1"
            description="What was seen of its use, what might depend on it, and what nobody could see"
          >
            Safe to delete?
          </Header>
          <SpaceBetween direction="horizontal" size="m">
            <Link href={keyPath(key)}>{titleOfKey(key)}</Link>
            <KeyState state={key.keyState} problem={key.problems.describe} />
          </SpaceBetween>
          <Identifier text={key.arn} />
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        {key.keyManager === 'AWS' ? (
          <Alert type="info" header="Does not apply">
            AWS manages this key, and nobody can delete it.
          </Alert>
        ) : (
          <VerdictAlert of={verdictOf(evidence)} isOff={isStopped(key)} />
        )}
        <WindowNotice of={window} />
        <EvidenceTable evidence={evidence} detailKey={key} />
        {key.keyManager !== 'AWS' && <Plan facts={facts} />}
      </SpaceBetween>
    </ContentLayout>
  )
}

const alertTypes = { inUse: 'error', depends: 'warning', nothingSeen: 'info' } as const

type VerdictProps = { of: Verdict; isOff: boolean }

function VerdictAlert({ of: { kind, header, reasons, unknown }, isOff }: VerdictProps) {
  return (
    <Alert type={alertTypes[kind]} header={header}>
      {kind === 'inUse' && <div>Do not delete it. Seen by: {reasons.join(', ')}.</div>}
      {kind === 'depends' && <div>Check first: {reasons.join(', ')}.</div>}
      {unknown.length > 0 && <div>Unknown, in part or whole: {unknown.join(', ')}.</div>}
      <div>
        A deleted key cannot be restored.{' '}
        {!isOff && 'Disable it first: that shows who still needs it, and is undone at once.'}
      </div>
    </Alert>
  )
}

const states: Readonly<Record<EvidenceState, { type: StatusIndicatorProps.Type; text: string }>> = {
  inUse: { type: 'error', text: 'In use' },
  depends: { type: 'warning', text: 'Depends' },
  nothing: { type: 'success', text: 'Nothing' },
  note: { type: 'info', text: 'Note' },
  unknown: { type: 'stopped', text: 'Unknown' },
}

function EvidenceTable({
  evidence,
  detailKey,
}: {
  evidence: readonly Evidence[]
  detailKey: KeyRow
}) {
  const columns: TableProps.ColumnDefinition<Evidence>[] = [
    {
      id: 'label',
      header: 'Evidence',
      isRowHeader: true,
      cell: ({ label, tab }) =>
        tab ? <Link href={`${keyPath(detailKey)}/${tab}`}>{label}</Link> : label,
    },
    {
      id: 'state',
      header: 'Result',
      minWidth: 130,
      cell: ({ state }) => (
        <StatusIndicator type={states[state].type}>{states[state].text}</StatusIndicator>
      ),
    },
    {
      id: 'words',
      header: 'Seen',
      cell: ({ words, at, unknown }) => (
        <>
          {words}
          {at && (
            <>
              {' '}
              <Moment at={at} />
            </>
          )}
          {unknown && (
            <Box color="text-status-inactive">Unknown: {unknown.replace(/\.$/u, '')}</Box>
          )}
        </>
      ),
    },
  ]
  return (
    <BoxTable
      variant="container"
      header={<Header variant="h2">Evidence</Header>}
      items={evidence}
      trackBy="id"
      ariaLabels={{ tableLabel: 'Evidence' }}
      columnDefinitions={columns}
    />
  )
}
