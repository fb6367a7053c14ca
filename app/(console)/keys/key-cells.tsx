'use client'

import Link from '@cloudscape-design/components/link'
import { type ReactNode } from 'react'
import type { Cells } from '@/components/table/table-columns'
import { AccountLabel } from '@/components/value/account-label'
import { Breakable } from '@/components/value/breakable'
import { Identifier } from '@/components/value/identifier'
import { KeyState } from '@/components/value/key-state'
import { LastUse } from '@/components/value/last-use'
import { Middle } from '@/components/value/middle'
import { Moment } from '@/components/value/moment'
import { Observed } from '@/components/value/observed'
import { Rotation } from '@/components/value/rotation'
import { shorten } from '@/components/value/shorten'
import type { KeyRow } from '@/lib/inventory/key-detail'
import { cellOf, keysTable } from '@/lib/inventory/table/keys-table'
import { propertyOf, type Cell } from '@/lib/table/definition'
import { nameOfState } from '@/lib/kms/state-names'
import { own } from '@/lib/own'
import { keyPath } from '@/lib/kms/arn'

const words: Readonly<Record<string, string>> = {
  notApplicable: 'not applicable',
  single: 'single-Region',
  primary: 'multi-Region primary',
  replica: 'multi-Region replica',
  CUSTOMER: 'customer',
  AWS: 'AWS',
}
export const wordOf = (value: string) => own(words, value) ?? nameOfState(value)
const none = <span className="claviger-none">none</span>
const usd = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' })

type Show = (row: KeyRow, cell: Cell) => ReactNode
const time: Show = (_, { value }) => (typeof value === 'string' ? <Moment at={value} /> : none)
const isDate = (column: string) => propertyOf(keysTable, column)?.kind === 'date'
const name: Show = (_, { value }) => (value === null ? none : <Breakable text={String(value)} />)
const counted =
  (tab: string): Show =>
  (row, { value }) => (
    <Link href={`${keyPath(row)}/${tab}`}>{Number(value).toLocaleString('en')}</Link>
  )

const shows: Readonly<Record<string, Show>> = {
  account: (row) => <AccountLabel account={row.account} />,
  spec: name,
  usage: name,
  origin: name,
  state: (row) => <KeyState state={row.keyState} />,
  scope: (row, { value }) =>
    value === 'single' ? (
      wordOf('single')
    ) : (
      <Link href={`${keyPath(row)}/multi-region`}>{wordOf(String(value))}</Link>
    ),
  rotation: (row) =>
    row.rotation === 'on' ? (
      <Link href={`${keyPath(row)}/material`}>
        <Rotation of={row} />
      </Link>
    ) : (
      <Rotation of={row} />
    ),
  onDemandUsed: (row, { value }) =>
    value === null ? (
      wordOf('notApplicable')
    ) : (
      <Link href={`${keyPath(row)}/material`}>{String(value)} of 25</Link>
    ),
  lastUse: (row) => <LastUse of={row} />,
  owner: (_, { value }) =>
    value === null ? none : <span title={String(value)}>{String(value)}</span>,
  grants: counted('grants'),
  grantsByPeople: counted('grants'),
  grantsCrossAccount: counted('grants'),
  cost: (_, { value }) => usd.format(Number(value)),
  keyId: (row) => <Identifier text={row.keyId} most={26} />,
  tags: (row) => <Tags tags={row.tags ?? {}} />,
}

function Tags({ tags }: { tags: Readonly<Record<string, string>> }) {
  const entries = Object.entries(tags)
  if (entries.length === 0) return none
  return <>{entries.map(([name, value]) => `${name}=${value}`).join(', ')}</>
}

/** The key itself: its aliases, else its id, as the link of the row. */
function KeyName({ row }: { row: KeyRow }) {
  const cell = cellOf(row, 'alias')
  const [first, ...others] = row.aliases
  return (
    <span title={cell.observedAt ? `${row.arn}\nAliases observed ${cell.observedAt}` : row.arn}>
      <Link href={keyPath(row)} variant="primary">
        {first ? (
          <Breakable text={shorten(first.replace(/^alias\//, ''), 36)} />
        ) : (
          <Middle text={row.keyId} />
        )}
      </Link>
      {others.length > 0 && <span title={others.join('\n')}> +{others.length}</span>}
      {!first && (
        <small className="claviger-none">
          {' '}
          {cell.unknown === null ? 'no alias' : 'alias unknown'}
        </small>
      )}
      {row.goneAt && (
        <small>
          {' '}
          (gone <Moment at={row.goneAt} />)
        </small>
      )}
    </span>
  )
}

export const keyCells: Cells<KeyRow> = (column) => ({
  isRowHeader: column === 'alias',
  cell: (row) => {
    if (column === 'alias') return <KeyName row={row} />
    const cell = cellOf(row, column)
    const show = shows[column] ?? (isDate(column) ? time : name)
    return <Observed of={cell}>{show(row, cell)}</Observed>
  },
})
