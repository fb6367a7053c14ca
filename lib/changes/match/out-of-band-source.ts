import 'server-only'
import type { Scope } from '../../auth/permissions'
import { sql } from '../../db/client'
import { withinAccounts } from '../../db/scope'
import { plain } from '../../inventory/plain'
import type { TableSource } from '../../table-source/source'
import { countFacets, readRows, sqlSource } from '../../table-source/sql-source'
import { noFilter, type Token } from '../../table/filter'
import {
  account,
  date,
  isInAccountNamed,
  text,
  word,
  type FieldsSql,
  type SortsSql,
  type TableSql,
} from '../../table/statements'
import { reviewState, type OutOfBandRow } from './out-of-band-row'
import { outOfBandTable } from './out-of-band-table'

const state = reviewState('r')

const fields: FieldsSql<typeof outOfBandTable> = {
  time: date('r.occurred_at'),
  operation: word('r.operation'),
  state: word(state),
  why: word('r.why'),
  principal: text('r.principal', 'r.principal'),
  principalKind: word('r.principal_kind'),
  session: text('r.session', 'r.session'),
  key: text('r.key_arn', 'r.key_arn'),
  account: account('r.account_id'),
  region: word('r.region'),
  event: word('r.event_id'),
  reason: text('v."reason"', 'v."reason"'),
  reviewedBy: text('v."reviewedBy"', 'v."reviewedBy"'),
}

const said = `concat_ws(' ', r.operation, r.principal, r.session, r.key_arn, r.event_id)`

const outOfBandSql: TableSql = {
  from: `(SELECT m.* FROM trail.mutation m WHERE m.origin IN ('outOfBand', 'before'))`,
  joins: [
    [
      'v',
      `LEFT JOIN "OutOfBandReview" v ON v."accountId" = r.account_id AND v."eventId" = r.event_id`,
    ],
  ],
  id: { occurred_at: 'timestamptz', event_id: 'text', account_id: 'text' },
  account: 'r.account_id',
  fields,
  sorts: {} satisfies SortsSql<typeof outOfBandTable>,
  // What was done before anybody looked through here is no news: it is shown to who asks for it.
  unlessAsked: { property: 'state', condition: `r.origin = 'outOfBand'` },
  anywhere: {
    kind: 'enum',
    expression: 'r.operation',
    contains(params, pattern) {
      const like = params.add(pattern)
      return `(lower(${said}) LIKE ${like} OR ${isInAccountNamed('r.account_id', like)})`
    },
  },
}

const rowColumns = `r.account_id || '/' || r.event_id AS id, r.occurred_at AS time, r.operation,
  ${state} AS state, r.why, r.principal, r.principal_kind AS "principalKind", r.session,
  r.key_arn AS key, r.account_id AS account, r.region, r.event_id AS event, v."reason",
  v."reviewedBy", v."at" AS "reviewedAt"`

/** Accounts of the scope, and those of them whose changes cannot be known here. */
export type MatchingCoverage = { accounts: number; unseen: number; waiting: boolean }

/** As the database gives it: a time is none of JSON's. */
type Stored = Omit<OutOfBandRow, 'time' | 'reviewedAt'> & { time: Date; reviewedAt: Date | null }

/** What the trail saw in the person's accounts and nobody requested here. */
export const outOfBandSource: TableSource<
  'trail.read',
  OutOfBandRow,
  { coverage: MatchingCoverage }
> = {
  definition: outOfBandTable,
  async read({ scope }, asked) {
    const [rows, counted, coverage] = await Promise.all([
      readRows<Stored>(outOfBandSql, rowColumns, scope, asked),
      countFacets(outOfBandTable, outOfBandSql, scope, asked),
      readCoverage(scope),
    ])
    return { rows: rows.map(plain), ...counted, coverage }
  },
  download: sqlSource(outOfBandTable, outOfBandSql, rowColumns).download,
}

async function readCoverage(scope: Scope): Promise<MatchingCoverage> {
  const [row] = await sql.query<MatchingCoverage>(
    sql`SELECT count(*)::int AS accounts,
       (count(*) FILTER (WHERE NOT EXISTS (
         SELECT FROM "TrailCoverage" t WHERE t."accountId" = a."id")))::int AS unseen,
       EXISTS (SELECT FROM trail.unmatched) AS waiting
     FROM "Account" a WHERE a."removedAt" IS NULL AND ${withinAccounts('a."id"', scope)}`,
  )
  return row ?? { accounts: 0, unseen: 0, waiting: false }
}

/**
 * Counts what waits for a review. Null: no source of the trail has seen any of these accounts, so
 * nobody knows.
 */
export async function countOutOfBand(scope: Scope): Promise<number | null> {
  const [{ accounts, unseen }, count] = await Promise.all([
    readCoverage(scope),
    countOpen(scope, [open]),
  ])
  return accounts === unseen ? null : count
}

/** Counts what waits for a review of one key. None is no proof: what was not read has none either. */
export const countOutOfBandOf = (scope: Scope, keyArn: string): Promise<number> =>
  countOpen(scope, [open, { property: 'key', operator: 'eq', values: [keyArn] }])

const open: Token = { property: 'state', operator: 'eq', values: ['open'] }

async function countOpen(scope: Scope, terms: readonly Token[]): Promise<number> {
  const filter = { ...noFilter, terms }
  const { total } = await countFacets({ facets: [] }, outOfBandSql, scope, { filter })
  return total
}
