import 'server-only'
import { defineTable, type FilterId } from '../table/definition'
import type { FieldSql, TableSql } from '../table/statements'
import { sqlSource } from '../views/sql-source'

const sweepsTable = defineTable<never>()({
  name: 'sweeps',
  title: 'Sweeps',
  noun: ['sweep', 'sweeps'],
  path: '/accounts/sweeps',
  fields: {
    kind: { label: 'Kind', filter: { kind: 'enum' }, facet: true, column: {} },
    account: { label: 'Account', filter: { kind: 'enum' }, facet: true, column: {} },
    status: { label: 'Status', filter: { kind: 'enum' }, facet: true, column: {} },
    startedAt: { label: 'Started', filter: { kind: 'date' }, column: {} },
  },
  defaultColumns: ['kind', 'account', 'status', 'startedAt'],
  defaultSort: { column: 'startedAt', direction: 'desc' },
})

const word = (expression: string): FieldSql => ({ kind: 'enum', expression, sort: expression })
const fields: Readonly<Record<FilterId<typeof sweepsTable>, FieldSql>> = {
  kind: word('r.kind::text'),
  account: word('r."accountId"'),
  status: word('r.status::text'),
  startedAt: { kind: 'date', expression: 'r."startedAt"', sort: 'r."startedAt"' },
}
const sweepsSql: TableSql = {
  from: '"Sweep"',
  joins: [],
  id: ['id'],
  account: 'r."accountId"',
  fields,
  anywhere: {
    kind: 'enum',
    expression: 'r.kind::text',
    contains: (params, pattern) => `lower(r.kind::text) LIKE ${params.add(pattern)}`,
  },
}

export const sweepsSource = sqlSource<'accounts.read'>(
  sweepsTable,
  sweepsSql,
  'r.id::text, r.kind::text, r."accountId" AS account, r.status::text, r."startedAt"',
)
