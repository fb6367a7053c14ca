import 'server-only'
import { defineTable } from '../table/definition'
import {
  account,
  date,
  isInAccountNamed,
  number,
  text,
  word,
  type FieldsSql,
  type SortsSql,
  type TableSql,
} from '../table/statements'
import { sweepWords } from './sweep-words'
import { sqlSource } from '../table-source/sql-source'

/** What the worker read of AWS, and how it went: each sweep for as long as it is kept. */
const sweepsTable = defineTable<never>()({
  name: 'sweeps',
  title: 'Syncs',
  noun: ['sync', 'syncs'],
  path: '/accounts/sweeps',
  parent: { title: 'Accounts', path: '/accounts' },
  fields: {
    kind: {
      label: 'Reads',
      filter: { kind: 'enum', words: sweepWords },
      facet: true,
      column: { width: 84 },
    },
    status: { label: 'Status', filter: { kind: 'enum' }, facet: true, column: { width: 80 } },
    account: {
      label: 'Account',
      filter: { kind: 'enum', also: ['has', 'hasnt'] },
      facet: true,
      column: { width: 118 },
    },
    region: { label: 'Region', filter: { kind: 'enum' }, facet: true, column: { width: 104 } },
    queued: { label: 'Queued', filter: { kind: 'date' }, column: {} },
    started: { label: 'Started', filter: { kind: 'date' }, column: { width: 88 } },
    ended: { label: 'Ended', filter: { kind: 'date' }, column: { width: 88 } },
    items: { label: 'Read', filter: { kind: 'number' }, column: { width: 60 } },
    calls: { label: 'Calls', filter: { kind: 'number' }, column: { width: 60 } },
    throttled: { label: 'Throttled', filter: { kind: 'number' }, column: { width: 80 } },
    failed: { label: 'Failed calls', filter: { kind: 'number' }, column: { width: 64 } },
    reason: { label: 'Reason', filter: { kind: 'text' }, column: {} },
    problem: { label: 'Problem', filter: { kind: 'text' }, column: { width: 200 } },
  },
  defaultColumns: [
    'kind',
    'status',
    'account',
    'region',
    'started',
    'ended',
    'items',
    'calls',
    'throttled',
    'failed',
    'problem',
  ],
  defaultSort: { column: 'started', direction: 'desc' },
})

/** Not every sweep is of a Region: IAM, the organization. */
const region = `coalesce(nullif(r.region, ''), 'global')`
const fields: FieldsSql<typeof sweepsTable> = {
  kind: word('r.kind'),
  status: word('r.status'),
  account: account('r."accountId"', 'a.name'),
  region: word(region),
  queued: date('r."queuedAt"'),
  started: date('r."startedAt"'),
  ended: date('r."endedAt"'),
  items: number('r."itemsDone"'),
  calls: number('r.calls'),
  throttled: number('r.throttled'),
  failed: number('r.failed'),
  reason: text('r.reason', 'r.reason'),
  problem: text('r.problem', 'r.problem'),
}

const sweepsSql: TableSql = {
  from: '"Sweep"',
  joins: [['a', 'LEFT JOIN "Account" a ON a.id = r."accountId"']],
  id: { id: 'bigint' },
  account: 'r."accountId"',
  fields,
  sorts: {} satisfies SortsSql<typeof sweepsTable>,
  anywhere: {
    kind: 'enum',
    expression: 'r.kind',
    contains(params, pattern) {
      const like = params.add(pattern)
      const said = `concat_ws(' ', r.kind, r.status, r."accountId", ${region}, r.problem)`
      return `(lower(${said}) LIKE ${like} OR ${isInAccountNamed('r."accountId"', like)})`
    },
  },
}

export const sweepsSource = sqlSource<'accounts.read'>(
  sweepsTable,
  sweepsSql,
  `r.id::text, r.kind, r.status, coalesce(a.name || ' (' || a.id || ')', r."accountId") AS account,
   ${region} AS region, r."queuedAt" AS queued, r."startedAt" AS started, r."endedAt" AS ended,
   r."itemsDone" AS items, r.calls, r.throttled, r.failed, r.reason, r.problem`,
)
