import 'server-only'
import type { Scope } from '../auth/permissions'
import { sql } from '../db/client'
import { withinAccounts } from '../db/scope'
import type { TableState } from '../table/state'
import { readRows, readRowsById, type RowId } from '../table-source/sql-source'
import { hangsOn } from './evaluate-keys'
import type { ExternalReach } from './external'
import { externalSql, reviewState, type Reading } from './external-sql'
import type { ExternalRow, Review, ReviewState } from './external-row'

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

/** Reads one page of rows, in the state's order. What is shown is read for these rows alone. */
export async function readExternalRows(permit: Reading, state: TableState): Promise<ExternalRow[]> {
  const rows = await readRows<Stored>(externalSql, shown, permit.scope, state)
  return rows.map(toRow)
}

/** Reads these rows, in this order, as far as they are still there. */
export async function readExternalById(ids: readonly RowId[]): Promise<ExternalRow[]> {
  return (await readRowsById<Stored>(externalSql, shown, ids)).map(toRow)
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
 * Reads how complete the facts are. A key waits when it is marked, or when an input it hangs on has
 * changed and its keys have not been marked yet.
 */
export async function readExternalCoverage(scope: Scope): Promise<ExternalCoverage> {
  const within = (column: string) => withinAccounts(column, scope)
  const [[covered], [waiting]] = await Promise.all([
    sql.query<Covered>(
      sql`SELECT (SELECT coalesce(sum(t.keys), 0) FROM derived.access_total t
         WHERE ${within('t.account')}) AS "keys",
         (SELECT count(*) FROM derived.access_key u
           WHERE ${within('u.account')} AND u.problem IS NOT NULL) AS "failed",
         (SELECT min("observedAt") FROM "OrganizationNode") AS "organizationRead",
         count(*) FILTER (WHERE NOT u.policy_read) AS "unreadPolicy",
         count(*) FILTER (WHERE NOT u.grants_read) AS "unreadGrants"
       FROM derived.access_key u
       WHERE ${within('u.account')} AND (NOT u.policy_read OR NOT u.grants_read)`,
    ),
    sql.query<{ keys: number; since: Date | null }>(
      sql`WITH changed AS MATERIALIZED (
         SELECT array_agg(name::text) AS names, min(changed_at) AS since FROM derived.access_input
         WHERE version > spread)
       SELECT count(DISTINCT w.key_arn) AS "keys", min(w.since) AS "since" FROM (
         SELECT m.key_arn, m.marked_at AS since FROM derived.access_mark m WHERE ${within('m.account')}
         UNION ALL
         SELECT k.key_arn, c.since FROM changed c, derived.access_key k
         WHERE c.names IS NOT NULL AND ${within('k.account')} AND ${hangsOn(sql`c.names`)}) w`,
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
