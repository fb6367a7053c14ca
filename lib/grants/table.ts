import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { readClock } from '@/lib/db/clock'
import { inScope } from '@/lib/db/scope'
import { db, sql } from '@/lib/db/client'
import type { Grant } from '@/lib/db/generated/client'
import { plain, type Plain } from '@/lib/inventory/plain'
import { grantApis, readCoverage, type TableCoverage } from '@/lib/inventory/table/coverage'
import { grantsTable, type GrantFacet } from '@/lib/table/grants'
import { Params } from '@/lib/table/sql'
import { formatTableState, parseTableState, type TableState } from '@/lib/table/state'
import { readCauses, type Cause } from './causes'
import type { GranteeExists, GrantFlag, Known } from './flags'
import { countFacets } from './facets'
import {
  flagsOfRow,
  fromFor,
  granteeExists,
  issuerClass,
  keyId,
  known,
  orderOf,
  whereOf,
  type Reading,
} from './query'

export type GrantsRow = Omit<Plain<Grant>, 'issuerClass'> & {
  keyId: string
  alias: string | null
  accountName: string
  crossAccount: CrossAccount
  issuerClass: 'awsService' | 'human' | 'claviger'
  flags: GrantFlag[]
  broad: string[]
  /** Grants of this key like it, itself included. */
  copies: number
  showsUniqueId: boolean
  granteeExists: GranteeExists
  known: Known
  /** When a change of ours ends it; null: none does. */
  endsAt: string | null
} & Cause
/** notApplicable: the grantee is an AWS service. */
export type CrossAccount = 'yes' | 'no' | 'notApplicable' | 'unknown'
export type GrantFacets = Readonly<Record<GrantFacet, readonly { value: string; count: number }[]>>
export type GrantsAnswer = {
  rows: GrantsRow[]
  total: number
  facets: GrantFacets
  accounts: Readonly<Record<string, string>>
  query: string
  problems: string[]
  coverage: TableCoverage
  /** The database's clock: what ends count down to. */
  now: string
}

/** Reads the grants this person can see, across every key; gone ones only when the filter asks. */
export async function readGrantsPage(
  permit: Permit<'grants.read'>,
  search: Readonly<Record<string, unknown>>,
): Promise<GrantsAnswer> {
  const { state, problems } = parseTableState(grantsTable, search)
  const [rows, counted, coverage, now] = await Promise.all([
    readRows(permit, state),
    countFacets(permit, state),
    readCoverage(permit, grantApis),
    readClock(),
  ])
  return {
    rows,
    ...counted,
    query: formatTableState(grantsTable, state),
    problems,
    coverage,
    now: now.toISOString(),
  }
}

export type GrantsOfKey = { rows: GrantsRow[]; total: number; now: string }

/**
 * Reads the newest grants of one key that AWS still lists, a hundred at most; `total` counts all of
 * them.
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

const shown = `g.*, ${keyId} AS "keyId", k.aliases[1] AS alias,
  coalesce(a.name, g."accountId") AS "accountName", r.cross_account AS "crossAccount",
  ${issuerClass} AS "issuerClass",
  ${flagsOfRow} AS flags, r.broad, (SELECT count(*) FROM derived.grant_row t
    WHERE t.fingerprint = r.fingerprint AND NOT t.gone) AS copies,
    r.grantee_kind = 'deleted' AS "showsUniqueId",
  ${granteeExists('each')} AS "granteeExists", ${known} AS known, o.ends_at AS "endsAt"`

type Shown = Omit<Grant, 'issuerClass'> &
  Omit<GrantsRow, keyof Plain<Grant> | keyof Cause | 'endsAt'> &
  Pick<GrantsRow, 'issuerClass'> & { endsAt: Date | null }

/**
 * Reads one page of rows, in the state's order; of one key where it is named. What is shown is
 * worked out for these rows alone.
 */
export async function readRows(
  permit: Reading,
  state: TableState,
  keyArn: string | null = null,
): Promise<GrantsRow[]> {
  const params = new Params()
  const where = [
    whereOf(permit, state, params),
    ...(keyArn === null ? [] : [`r.key_arn = ${params.add(keyArn)}`]),
  ].join(' AND ')
  const order = orderOf(state)
  const rows = await sql.query<Shown>(
    `WITH page AS MATERIALIZED (
       SELECT r.key_arn, r.grant_id ${fromFor(where, order)} WHERE ${where}
       ORDER BY ${order} LIMIT ${params.add(state.pageSize, 'int')}
         OFFSET ${params.add((state.page - 1) * state.pageSize, 'bigint')})
     SELECT ${shown} ${fromFor(shown, order)} JOIN page p ON p.key_arn = r.key_arn
       AND p.grant_id = r.grant_id ORDER BY ${order}`,
    params.values,
  )
  const found = await readCauses(permit, rows)
  return rows.map((row) => ({ ...plain(row), ...found(row) }))
}

/** Counts the grants a filter finds; a number alone, which the overview shows to who reads keys. */
export async function countGrants(
  permit: Reading | Permit<'keys.read'>,
  state: TableState,
): Promise<number> {
  const params = new Params()
  const where = whereOf(permit, state, params)
  const [row] = await sql.query<{ count: number }>(
    `SELECT count(*) AS count ${fromFor(where)} WHERE ${where}`,
    params.values,
  )
  return row?.count ?? 0
}
