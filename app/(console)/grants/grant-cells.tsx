'use client'

import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import Popover from '@cloudscape-design/components/popover'
import type { ReactNode } from 'react'
import type { Cells } from '@/components/table/table-columns'
import { AccountLabel } from '@/components/value/account-label'
import { Breakable } from '@/components/value/breakable'
import { Identifier } from '@/components/value/identifier'
import { Middle } from '@/components/value/middle'
import { Moment } from '@/components/value/moment'
import { utcTime } from '@/components/value/relative-time'
import { shorten } from '@/components/value/shorten'
import { Unknown } from '@/components/value/unknown'
import { flagLabels } from '@/lib/grants/flags'
import type { GrantsRow } from '@/lib/grants/row'
import { GrantFlags } from './grant-flags'
import { GrantEnd, GrantReason } from './grant-reason'
import { own } from '@/lib/own'
import { keyPath } from '@/lib/kms/arn'

const words: Readonly<Record<string, string>> = {
  awsService: 'AWS service',
  human: 'person or pipeline',
  claviger: 'Claviger',
  yes: 'yes',
  no: 'no',
  notApplicable: 'not applicable',
  ...flagLabels,
  request: 'a request',
  adopted: 'adopted',
  nobody: 'nobody knows',
}
export const grantWord = (value: string) => own(words, value) ?? value
const none = <span className="claviger-none">none</span>

const shows: Readonly<Record<string, (row: GrantsRow) => ReactNode>> = {
  grantee: (row) => <Grantee of={row} />,
  key: (row) => (
    <span className="claviger-two-lines" title={row.keyArn}>
      <Link href={`${keyPath(row)}/grants`}>
        {row.alias ? (
          <Breakable text={shorten(row.alias.replace(/^alias\//, ''), 36)} />
        ) : (
          <Middle text={row.keyId} />
        )}
      </Link>
      {row.goneAt && (
        <small>
          gone <Moment at={row.goneAt} />
        </small>
      )}
    </span>
  ),
  account: (row) => <AccountLabel account={{ id: row.accountId, name: row.accountName }} />,
  region: (row) => row.region,
  issuerClass: (row) => grantWord(row.issuerClass),
  operations: (row) => row.operations.join(', '),
  constraints: (row) => <Constraints of={row.constraints} />,
  crossAccount: (row) =>
    row.crossAccount === 'unknown' ? (
      <Unknown why="The grantee is no ARN that names an account: it may be the id of a principal that was deleted." />
    ) : row.crossAccount === 'yes' ? (
      <Box variant="span" color="text-status-warning">
        to {row.granteeAccountId}
      </Box>
    ) : (
      grantWord(row.crossAccount)
    ),
  created: (row) =>
    row.createdAt ? <Moment at={row.createdAt} /> : <Unknown why="AWS gave no creation date." />,
  flags: (row) => <GrantFlags of={row} />,
  ends: (row) => <GrantEnd of={row} />,
  known: (row) => <GrantReason of={row} />,
  retiring: (row) => <Principal of={row.retiringPrincipal ?? row.retiringServicePrincipal} />,
  name: (row) => row.name || none,
  grantId: (row) => <Identifier text={row.grantId} most={24} />,
  observed: (row) => <Moment at={row.observedAt} />,
}

export function Grantee({ of: row }: { of: GrantsRow }) {
  return (
    <span className="claviger-two-lines">
      <Principal of={row.granteePrincipal ?? row.granteeServicePrincipal} />
      {row.granteeExists === 'no' && (
        <Box fontSize="body-s" color="text-status-warning">
          does not exist any more
        </Box>
      )}
    </span>
  )
}

export function Principal({ of: principal }: { of: string | null }) {
  return principal ? <Identifier text={principal} most={30} /> : none
}

/** The constraint in a line, its JSON on demand. */
function Constraints({ of: constraints }: { of: unknown }) {
  if (
    typeof constraints !== 'object' ||
    constraints === null ||
    Object.keys(constraints).length === 0
  )
    return none
  const names = Object.keys(constraints).map((name) =>
    name.replace('EncryptionContext', 'context '),
  )
  return (
    <Popover
      triggerType="text"
      dismissButton={false}
      size="large"
      header="Constraints"
      content={
        <Box variant="code">
          <span style={{ whiteSpace: 'pre-wrap' }}>{JSON.stringify(constraints, null, 2)}</span>
        </Box>
      }
    >
      {names.join(', ')}
    </Popover>
  )
}

export const grantCells: Cells<GrantsRow> = (column) => ({
  isRowHeader: column === 'grantee',
  cell: (row) => (
    <span title={column === 'observed' ? undefined : `Observed ${utcTime(row.observedAt)}`}>
      {shows[column]?.(row) ?? none}
    </span>
  ),
})
