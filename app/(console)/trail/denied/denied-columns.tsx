'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Link from '@cloudscape-design/components/link'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Asked } from '@/components/access/reasons'
import { Breakable } from '@/components/value/breakable'
import { Moment } from '@/components/value/moment'
import { Unknown } from '@/components/value/unknown'
import type { VerdictNow } from '@/lib/access/denied/verdict-now'
import type { ChangeBefore } from '@/lib/changes/read/before-denials'
import type { DeniedGroup } from '@/lib/trail/usage/denied'
import { hrefOfEvents } from '@/lib/trail/usage/links'
import { PrincipalLink, TrailKeyLink } from '../trail-cells'

type Answers = {
  verdicts: { of(row: DeniedGroup): VerdictNow | undefined; error: Error | null }
  changes: { of(row: DeniedGroup): ChangeBefore | null | undefined; error: Error | null }
}

const none = <span className="claviger-none">none</span>

export const columnsOf = (
  from: string,
  { verdicts, changes }: Answers,
  onAsk: (row: DeniedGroup, why: Asked) => void,
): TableProps.ColumnDefinition<DeniedGroup>[] => [
  ...who,
  {
    id: 'calls',
    header: 'Calls',
    minWidth: 65,
    cell: (row) => <Link href={hrefOfGroup(row, from)}>{row.calls.toLocaleString('en')}</Link>,
  },
  {
    id: 'first',
    header: 'Since',
    minWidth: 95,
    cell: ({ isOlder, firstAt }) =>
      isOlder ? (
        <>
          before this period; in it <Moment at={firstAt} />
        </>
      ) : (
        <Moment at={firstAt} />
      ),
  },
  { id: 'last', header: 'Last', minWidth: 85, cell: (row) => <Moment at={row.lastAt} /> },
  {
    id: 'now',
    header: 'By policies read now',
    minWidth: 190,
    cell: (row) => (
      <Now row={row} verdict={verdicts.of(row)} error={verdicts.error} onAsk={onAsk} />
    ),
  },
  {
    id: 'change',
    header: 'Change shortly before',
    minWidth: 140,
    cell: (row) => <Before row={row} change={changes.of(row)} error={changes.error} />,
  },
]

const who: readonly TableProps.ColumnDefinition<DeniedGroup>[] = [
  {
    id: 'principal',
    header: 'Principal',
    isRowHeader: true,
    minWidth: 130,
    cell: ({ principal }) => <PrincipalLink principal={principal} />,
  },
  {
    id: 'operation',
    header: 'Operation',
    minWidth: 110,
    cell: ({ operation, via }) => (
      <>
        {operation}
        {via.length > 0 && (
          <Box fontSize="body-s" color="text-body-secondary">
            through {via.map((name) => name.replace(/\.amazonaws\.com$/, '')).join(', ')}
          </Box>
        )}
      </>
    ),
  },
  {
    id: 'key',
    header: 'Key',
    minWidth: 110,
    cell: ({ key, account, region }) => (
      <>
        {key ? <TrailKeyLink arn={key} /> : none}
        <Box fontSize="body-s" color="text-body-secondary">
          recorded in {account}, {region}
        </Box>
      </>
    ),
  },
]

const hrefOfGroup = ({ principal, key, operation, account }: DeniedGroup, since: string) =>
  hrefOfEvents({
    outcome: 'denied',
    principal,
    operation,
    account,
    ...(key && { key }),
    since,
  })

const words: Readonly<
  Record<VerdictNow['result'], readonly [type: StatusIndicatorProps.Type, text: string]>
> = {
  allow: ['success', 'Allowed since'],
  deny: ['stopped', 'Not allowed'],
  depends: ['info', 'Depends on the request'],
  unknown: ['warning', 'Unknown'],
}

type NowProps = {
  row: DeniedGroup
  verdict: VerdictNow | undefined
  error: Error | null
  onAsk(row: DeniedGroup, why: Asked): void
}

/** What stands in the way, or that nothing does any more. */
function Now({ row, verdict, error, onAsk }: NowProps) {
  if (row.key === null) return <Unknown why="The call names no key: IAM alone decides about it." />
  if (error) return <Unknown why={error.message} />
  if (!verdict) return <>…</>
  const { result, explicitDeny, text, policyAt } = verdict
  const [type, word] = words[result]
  const action = `kms:${row.operation === 'ReEncrypt' ? 'ReEncryptFrom' : row.operation}`
  return (
    <>
      <StatusIndicator type={type}>
        {result === 'deny' && explicitDeny ? 'Denied by a statement' : word}
      </StatusIndicator>
      {result !== 'allow' && (
        <Box fontSize="body-s">
          <Breakable text={text} />
        </Box>
      )}
      {policyAt && (
        <Box fontSize="body-s" color="text-body-secondary">
          Key policy read <Moment at={policyAt} />.{' '}
          <Button
            variant="inline-link"
            ariaLabel={`Why, ${action} for ${row.principal}`}
            onClick={() => onAsk(row, { principal: row.principal, action, label: row.operation })}
          >
            Why
          </Button>
        </Box>
      )}
    </>
  )
}

type BeforeProps = {
  row: DeniedGroup
  change: ChangeBefore | null | undefined
  error: Error | null
}

/** Whether a change made here came shortly before the first refusal. */
function Before({ row, change, error }: BeforeProps) {
  if (row.key === null || row.isOlder) return none
  if (error) return <Unknown why={error.message} />
  if (change === undefined) return <>…</>
  if (change === null) return none
  return (
    <>
      <Link href={`/requests/${change.requestId}`}>{change.title}</Link>
      <Box fontSize="body-s" color="text-body-secondary">
        {change.isUndone ? 'undone' : 'done'} <Moment at={change.at} />
      </Box>
    </>
  )
}
