import 'server-only'
import type { Permit } from '../auth/permit'
import type { Scope } from '../auth/permissions'
import { sql } from '../db/client'
import { accountsOf, withinAccounts } from '../db/scope'
import { externalTable, type ReviewState } from '../table/external'
import { Params } from '../table/sql'
import { formatTableState, parseTableState, type TableState } from '../table/state'
import { hangsOn } from './evaluate-keys'
import type { ExternalReach } from './external'
import { countExternalFacets, type ExternalFacets } from './external-facets'
import { fromFor, orderOf, reviewState, whereOf, type Reading } from './external-query'

type Review = {
  decision: 'accepted' | 'toFix'
  reason: string
  until: string | null
  by: string
  at: string
}
export type ExternalRow = ExternalReach & {
  key: { accountId: string; accountName: string; region: string; keyId: string; aliases: string[] }
  /** Since when the principal reaches the key, as far as known. */
  since: string
  evaluatedAt: string
  state: ReviewState
  /** The newest, ended or outdated ones too. */
  review: Review | null
}

/** How far the rows can be relied on: what they do not say yet, and what could not be read. */
export type ExternalCoverage = {
  /** Keys that have been evaluated, at least once. */
  keys: number
  /**
   * Keys that are new or of which an input has changed since: their rows stand as they
   * were before, if there are any.
   */
  waiting: number
  /** Since when the first of them waits; null: none does. */
  waitingSince: string | null
  unread: { policy: number; grants: number }
  /** Keys whose evaluation failed. */
  failed: number
  organizationRead: string | null
}
export type ExternalAnswer = ExternalFacets & {
  rows: ExternalRow[]
  coverage: ExternalCoverage
  query: string
  problems: string[]
}

/**
 * Who reaches the keys in the person's scope from beyond their accounts, as the
 * worker last worked it out.
 */
export async function readExternalPage(
  permit: Permit<'access.read'>,
  search: Readonly<Record<string, unknown>>,
): Promise<ExternalAnswer> {
  const { state, problems } = parseTableState(externalTable, search)
  const [rows, counted, coverage] = await Promise.all([
    readExternalRows(permit, state),
    countExternalFacets(permit, state),
    readExternalCoverage(permit.scope),
  ])
  return { rows, ...counted, coverage, query: formatTableState(externalTable, state), problems }
}

type Stored = {
  reach: ExternalReach
  accountId: string
  accountName: string
  region: string
  keyId: string
  aliases: string[]
  since: Date
  evaluatedAt: Date
  state: ReviewState
  decision: Review['decision'] | null
  reason: string
  until: Date | null
  by: string
  at: Date
}
const shown = `r.reach, r.account AS "accountId", coalesce(a."name", r.account) AS "accountName", r.region,
  split_part(r.key_arn, '/', 2) AS "keyId", r.aliases, r.since, r.evaluated_at AS "evaluatedAt",
  ${reviewState} AS "state",
  v."decision", v."reason", v."until", v."reviewedBy" AS "by", v."reviewedAt" AS "at"`

/** One page of rows, in the state's order. What is shown is read for these rows alone. */
async function readExternalRows(permit: Reading, state: TableState): Promise<ExternalRow[]> {
  const params = new Params()
  const where = whereOf(permit, state, params)
  const order = orderOf(state)
  const rows = await sql.query<Stored>(
    `WITH page AS MATERIALIZED (
       SELECT r.key_arn, r.principal ${fromFor(where, order)} WHERE ${where} ORDER BY ${order}
       LIMIT ${params.add(state.pageSize, 'int')} OFFSET ${params.add((state.page - 1) * state.pageSize, 'bigint')})
     SELECT ${shown} ${fromFor(shown, order)} JOIN page p ON p.key_arn = r.key_arn AND p.principal = r.principal
     ORDER BY ${order}`,
    params.values,
  )
  return rows.map(toRow)
}

/** Which row a fact is. */
export type ExternalId = { keyArn: string; principal: string }

/** Every row under the filter, in the state's order, as they are at one moment. */
export async function listExternalIds(permit: Reading, state: TableState): Promise<ExternalId[]> {
  const params = new Params()
  const where = whereOf(permit, state, params)
  const order = orderOf(state)
  return sql.query<ExternalId>(
    `SELECT r.key_arn AS "keyArn", r.principal ${fromFor(where, order)} WHERE ${where}
     ORDER BY ${order}`,
    params.values,
  )
}

/** These rows, in this order, as far as they are still there. */
export async function readExternalById(ids: readonly ExternalId[]): Promise<ExternalRow[]> {
  const rows = await sql.query<Stored>(
    `SELECT ${shown} ${fromFor(shown)}
     JOIN unnest($1::text[], $2::text[]) WITH ORDINALITY wanted(key_arn, principal, at)
       ON wanted.key_arn = r.key_arn AND wanted.principal = r.principal
     ORDER BY wanted.at`,
    [ids.map(({ keyArn }) => keyArn), ids.map(({ principal }) => principal)],
  )
  return rows.map(toRow)
}

function toRow(stored: Stored): ExternalRow {
  const { reach, accountId, accountName, region, keyId, aliases, since, evaluatedAt, state } =
    stored
  const { decision, reason, until, by, at } = stored
  return {
    ...reach,
    key: { accountId, accountName, region, keyId, aliases },
    since: since.toISOString(),
    evaluatedAt: evaluatedAt.toISOString(),
    state,
    review: decision && {
      decision,
      reason,
      until: until?.toISOString() ?? null,
      by,
      at: at.toISOString(),
    },
  }
}

type Covered = {
  keys: number
  unreadPolicy: number
  unreadGrants: number
  failed: number
  organizationRead: Date | null
}

/**
 * A key waits when it is marked, or when an input it hangs on has changed and its
 * keys have not been marked yet.
 */
export async function readExternalCoverage(scope: Scope): Promise<ExternalCoverage> {
  const accounts = accountsOf(scope)
  const within = (column: string) => withinAccounts(column, '$1')
  const [[covered], [waiting]] = await Promise.all([
    sql.query<Covered>(
      `SELECT (SELECT count(*) FROM derived.access_key k WHERE ${within('k.account')}) AS "keys",
         count(*) FILTER (WHERE NOT u.policy_read) AS "unreadPolicy",
           count(*) FILTER (WHERE NOT u.grants_read) AS "unreadGrants",
         count(*) FILTER (WHERE u.problem IS NOT NULL) AS "failed",
         (SELECT min("observedAt") FROM "OrganizationNode") AS "organizationRead"
       FROM derived.access_key u
       WHERE ${within('u.account')}
         AND (NOT u.policy_read OR NOT u.grants_read OR u.problem IS NOT NULL)`,
      [accounts],
    ),
    sql.query<{ keys: number; since: Date | null }>(
      `WITH changed AS MATERIALIZED (
         SELECT array_agg(name::text) AS names, min(changed_at) AS since FROM derived.access_input
         WHERE version > spread)
       SELECT count(DISTINCT w.key_arn) AS "keys", min(w.since) AS "since" FROM (
         SELECT m.key_arn, m.marked_at AS since FROM derived.access_mark m WHERE ${within('m.account')}
         UNION ALL
         SELECT k.key_arn, c.since FROM changed c, derived.access_key k
         WHERE c.names IS NOT NULL AND ${within('k.account')} AND ${hangsOn('c.names')}) w`,
      [accounts],
    ),
  ])
  return {
    keys: covered?.keys ?? 0,
    waiting: waiting?.keys ?? 0,
    waitingSince: waiting?.since?.toISOString() ?? null,
    unread: { policy: covered?.unreadPolicy ?? 0, grants: covered?.unreadGrants ?? 0 },
    failed: covered?.failed ?? 0,
    organizationRead: covered?.organizationRead?.toISOString() ?? null,
  }
}
