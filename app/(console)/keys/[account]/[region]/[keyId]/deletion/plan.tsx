'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { hrefOfRequest } from '@/components/request/href-of-request'
import { useHeld } from '@/components/shell/held'
import { BoxTable } from '@/components/table/box-table'
import { Identifier } from '@/components/value/identifier'
import { Moment } from '@/components/value/moment'
import { traits as deletionCancel } from '@/lib/changes/kinds/deletion-cancel/traits'
import { traits as deletionSchedule } from '@/lib/changes/kinds/deletion-schedule/traits'
import { traits as keyDisable } from '@/lib/changes/kinds/key-disable/traits'
import { whyNot, type KindTraits } from '@/lib/changes/kinds/traits'
import type { DeletionFacts } from '@/lib/changes/safe-to-delete/deletion-facts'
import { cancelCommand, listSteps, type Step } from '@/lib/changes/safe-to-delete/steps'
import { tableHref } from '@/lib/table/state'
import { nameOfPrincipal } from '@/lib/trail/principal'
import { eventsTable } from '@/lib/trail/events-table'

const kinds: Readonly<Partial<Record<Step['id'], KindTraits>>> = {
  disable: keyDisable,
  schedule: deletionSchedule,
  cancel: deletionCancel,
}

const states: Readonly<Record<Step['state'], { type: StatusIndicatorProps.Type; text: string }>> = {
  done: { type: 'success', text: 'Done' },
  now: { type: 'pending', text: 'Open' },
  later: { type: 'stopped', text: 'Later' },
  warning: { type: 'warning', text: 'Refused calls' },
}

/** The staged way to a deletion: what is done of it, and the request for each step. */
export function Plan({ facts }: { facts: DeletionFacts }) {
  const columns: TableProps.ColumnDefinition<Step>[] = [
    { id: 'label', header: 'Step', isRowHeader: true, cell: ({ label }) => label },
    {
      id: 'state',
      header: 'Status',
      minWidth: 150,
      cell: ({ state }) => (
        <StatusIndicator type={states[state].type}>{states[state].text}</StatusIndicator>
      ),
    },
    { id: 'words', header: 'Facts', cell: (step) => <Words of={step} facts={facts} /> },
    { id: 'act', header: 'Action', minWidth: 150, cell: ({ id }) => <Act of={id} facts={facts} /> },
  ]
  return (
    <BoxTable
      variant="container"
      header={
        <Header
          variant="h2"
          description="Each step is a request of its own. Status is read from AWS and from CloudTrail."
        >
          Staged deletion
        </Header>
      }
      items={listSteps(facts)}
      trackBy="id"
      ariaLabels={{ tableLabel: 'Staged deletion' }}
      columnDefinitions={columns}
    />
  )
}

function Words({ of: { id, words, at }, facts }: { of: Step; facts: DeletionFacts }) {
  const { key, refusals } = facts
  return (
    <SpaceBetween size="xxs">
      <span>
        {words}
        {at && (
          <>
            {' '}
            <Moment at={at} />
          </>
        )}
      </span>
      {id === 'watch' && refusals && refusals.most.length > 0 && (
        <Box>
          {refusals.most
            .map(({ principal, events }) => `${nameOfPrincipal(principal)} (${events})`)
            .join(', ')}
          {refusals.principals > refusals.most.length &&
            ` and ${refusals.principals - refusals.most.length} more`}
        </Box>
      )}
      {id === 'cancel' && <Identifier text={cancelCommand(key)} />}
    </SpaceBetween>
  )
}

function Act({ of: id, facts: { key } }: { of: Step['id']; facts: DeletionFacts }) {
  const held = useHeld()
  if (id === 'watch')
    return (
      <Link
        href={tableHref(
          '/trail',
          eventsTable,
          { property: 'key', operator: 'eq', values: [key.arn] },
          { property: 'outcome', operator: 'eq', values: ['failed'] },
        )}
      >
        Failed calls
      </Link>
    )
  const kind = kinds[id]
  if (!kind || !held.has('requests.create')) return <>By request</>
  const why = whyNot(kind, key)
  return (
    <Button
      href={hrefOfRequest(kind.name, [key.arn])}
      disabled={why !== null}
      disabledReason={why ?? undefined}
      ariaLabel={`Request: ${kind.label}`}
    >
      Request…
    </Button>
  )
}
