import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { readClock } from '@/lib/db/clock'
import { accountsOf, inScope, withinAccounts } from '@/lib/db/scope'
import { db, sql } from '@/lib/db/client'
import type { Grant } from '@/lib/db/generated/client'
import { plain, type Plain } from '@/lib/inventory/plain'
import { conditionOf, fromFor, pageStatement } from '@/lib/table/statements'
import { readRowsById, whereOf, type RowId } from '@/lib/table-source/sql-source'
import { Params } from '@/lib/table/sql'
import { parseTableState, type TableState } from '@/lib/table/state'
import { readCauses } from './causes'
import { hasDigit } from './digits'
import { grantsTable } from './grants-table'
import {
  flagsOfRow,
  granteeExists,
  grantsSql,
  issuerClass,
  keyId,
  known,
  observedAt,
  type Reading,
} from './grants-sql'
import type { Cause, GrantsRow } from './row'

export type GrantsOfKey = { rows: GrantsRow[]; total: number; now: string }

/**
 * The newest grants of one key that AWS still lists, a hundred at most; `total` counts all of them.
 */
export async function readGrantsOfKey(
  permit: Permit<'grants.read'>,
  keyArn: string,
): Promise<GrantsOfKey> {
  const { state } = parseTableState(grantsTable, { size: '100', sort: 'created' })
  const [rows, total, now] = await Promise.all([
    readRows(permit, state, keyArn),
    countGrantsOfKey(permit, keyArn),
    readClock(),
  ])
  return { rows, total, now: now.toISOString() }
}

const countGrantsOfKey = ({ scope }: Permit<'grants.read'>, keyArn: string): Promise<number> =>
  db.grant.count({ where: { AND: [{ keyArn, goneAt: null }, inScope(scope)] } })

const shown = `g.*, ${observedAt} AS "observedAt", ${keyId} AS "keyId", y.aliases[1] AS alias,
  coalesce(a.name, g."accountId") AS "accountName", t.cross_account AS "crossAccount",
  ${issuerClass} AS "issuerClass",
  ${flagsOfRow} AS flags, t.broad, CASE WHEN ${hasDigit('duplicate', 'yes')} THEN (
    SELECT count(*) FROM derived.grant_row o
    WHERE o.fingerprint = t.fingerprint AND NOT o.gone) ELSE 1 END AS copies,
    t.grantee_kind = 'deleted' AS "showsUniqueId",
  ${granteeExists} AS "granteeExists", ${known} AS known, r.ends_at AS "endsAt"`

type Shown = Omit<Grant, 'issuerClass'> &
  Omit<GrantsRow, keyof Plain<Grant> | keyof Cause | 'endsAt'> &
  Pick<GrantsRow, 'issuerClass'> & { endsAt: Date | null }

/**
 * One page of the rows of one key, in the state's order. The scope is asked of the key, whose ARN has
 * its account, and not of each grant.
 */
async function readRows(permit: Reading, state: TableState, keyArn: string): Promise<GrantsRow[]> {
  const params = new Params()
  const accounts = params.add(accountsOf(permit.scope))
  const where = `${conditionOf(grantsSql, state.filter, params)}
    AND r.key = (SELECT z.id FROM derived.grant_key z WHERE z.arn = ${params.add(keyArn)}
      AND ${withinAccounts(`split_part(z.arn, ':', 5)`, accounts)})`
  const rows = await sql.query<Shown>(
    pageStatement(grantsSql, shown, state, where, params),
    params.values,
  )
  return withCauses(permit, rows)
}

/** These grants, in this order, as far as they are still there; they must be in the permit's scope. */
export async function readRowsOf(permit: Reading, ids: readonly RowId[]): Promise<GrantsRow[]> {
  return withCauses(permit, await readRowsById<Shown>(grantsSql, shown, ids))
}

async function withCauses(permit: Reading, rows: Shown[]): Promise<GrantsRow[]> {
  const found = await readCauses(permit, rows)
  return rows.map((row) => ({ ...plain(row), ...found(row) }))
}

/** How many grants a filter finds; a number alone, which the overview shows to who reads keys. */
export async function countGrants(
  permit: Reading | Permit<'keys.read'>,
  state: TableState,
): Promise<number> {
  const params = new Params()
  const where = whereOf(grantsSql, permit.scope, state.filter, params)
  const [row] = await sql.query<{ count: number }>(
    `SELECT count(*) AS count ${fromFor(grantsSql, where)} WHERE ${where}`,
    params.values,
  )
  return row?.count ?? 0
}
