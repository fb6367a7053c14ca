'use client'

import Box from '@cloudscape-design/components/box'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { BoxTable } from '@/components/table/box-table'
import { Identifier } from '@/components/value/identifier'
import type { Cell } from '@/lib/access/judge'
import type { AdministratorRole, KeyAdministrators } from '@/lib/drafts/key-administrators'

const roles: Record<AdministratorRole, string> = {
  writer: 'Claviger’s role for changes',
  reader: 'Claviger’s role for reading',
  root: 'Root of the account',
  administrator: 'Administrator',
}
const states: Record<Cell, { type: StatusIndicatorProps.Type; text: string }> = {
  yes: { type: 'success', text: 'yes' },
  delegated: { type: 'success', text: 'yes' },
  conditional: { type: 'info', text: 'under conditions' },
  unknown: { type: 'warning', text: 'unknown' },
  no: { type: 'stopped', text: 'no' },
}

const columns: TableProps.ColumnDefinition<KeyAdministrators['shown'][number]>[] = [
  {
    id: 'who',
    header: 'Who',
    isRowHeader: true,
    minWidth: 220,
    cell: ({ role, id }) => (
      <>
        {roles[role]}
        <br />
        <Identifier text={id} most={56} />
      </>
    ),
  },
  {
    id: 'action',
    header: 'Action',
    minWidth: 170,
    cell: ({ action }) => <Box variant="code">{action}</Box>,
  },
  {
    id: 'before',
    header: 'Today',
    minWidth: 130,
    cell: (row) => (
      <StatusIndicator type={states[row.before].type}>{states[row.before].text}</StatusIndicator>
    ),
  },
  {
    id: 'after',
    header: 'With the draft',
    minWidth: 140,
    cell: (row) => (
      <StatusIndicator
        type={row.before !== 'no' && row.after === 'no' ? 'error' : states[row.after].type}
      >
        {states[row.after].text}
      </StatusIndicator>
    ),
  },
]

/** Who must be able to do something afterwards, and whether they can. */
export function KeyAdministratorsTable({
  keyAdministrators: {
    shown,
    administrators: { before, after },
  },
  unweighed,
}: {
  keyAdministrators: KeyAdministrators
  unweighed: readonly string[]
}) {
  return (
    <ExpandableSection
      defaultExpanded
      headerText={
        `Who could still change the policy: ${after} living ` +
        `${after === 1 ? 'administrator' : 'administrators'}, ${before} today`
      }
    >
      <SpaceBetween size="xs">
        <Box color="text-body-secondary">
          Asked of a call that leaves KMS’s lockout safety check on, as ours does: guardrails often
          forbid to bypass it.
        </Box>
        {unweighed.map((gap) => (
          <StatusIndicator key={gap} type="warning">
            Unknown: {gap}
          </StatusIndicator>
        ))}
        <BoxTable
          variant="embedded"
          items={shown}
          trackBy={({ id, action }) => `${id} ${action}`}
          ariaLabels={{ tableLabel: 'Who could still change the policy' }}
          columnDefinitions={columns}
        />
      </SpaceBetween>
    </ExpandableSection>
  )
}
