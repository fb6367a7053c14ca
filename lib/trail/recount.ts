import 'server-only'
import { raw, sql, transaction, type Tx } from '../db/client'
import { makePartitions } from './partitions'

type Hour = { accountId: string; region: string; hour: string }

/** Hours that one transaction counts. */
const batch = 100
/** Names of sessions that a rollup keeps. */
const sampledSessions = 5

const hourText = raw(`to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`)
const givenHours = (hours: readonly Hour[]) =>
  sql`json_to_recordset(${JSON.stringify(hours)}::json)
    g("accountId" text, "region" text, "hour" timestamptz)`

const isHourOf = (row: string) =>
  raw(`${row}.account_id = g."accountId" AND ${row}.region = g."region" AND ${row}.hour = g."hour"`)
/** What of an hour whose events were dropped is counted no more: its rollups are all there is. */
const isHeld = (row: string, hour: string) =>
  raw(
    `${hour} >= (SELECT CASE WHEN ${row}.is_use THEN uses_from ELSE changes_from END FROM trail.horizon)`,
  )

/**
 * Counts hours that events were written to again, until those that are marked now are counted or
 * `stop` says so. Rollups are
 * never added to: whatever the order and however often events came, they are a count of those that
 * are there. Returns how many hours it counted.
 */
export async function recountHours(stop?: AbortSignal): Promise<number> {
  let counted = 0
  while (!stop?.aborted) {
    const hours = await sql.query<Hour>(
      sql`SELECT account_id AS "accountId", region, ${hourText} AS hour FROM trail.dirty_hour
       GROUP BY dirty_hour.hour, account_id, region
       ORDER BY dirty_hour.hour DESC, account_id, region LIMIT ${batch}`,
    )
    if (hours.length === 0) break
    // An hour of a month whose rollups were dropped counts as any other.
    await makePartitions(hours.map(({ hour }) => ({ parent: 'use', month: hour.slice(0, 7) })))
    counted += await transaction((tx) => recount(tx, hours), { timeoutMs: 600_000 })
    // What is marked meanwhile waits for the next call: an import marks the same hours again and again.
    if (hours.length < batch) break
  }
  return counted
}

/** Returns how many of the hours were still marked, and are counted now. */
async function recount(tx: Tx, marked: readonly Hour[]): Promise<number> {
  // One after another for each account and Region, in one order for all who count: its hours have
  // their day and month in common, which follow by a trigger (trail.count_rollups).
  await tx.query(
    sql`SELECT pg_advisory_xact_lock(h) FROM (
        SELECT DISTINCT hashtextextended(concat_ws(' ', 'trail', g."accountId", g."region"), 0) AS h
        FROM ${givenHours(marked)} ORDER BY 1) locks`,
  )
  // Held where it is: what is dropped after it moved cannot be counted again.
  await tx.query('SELECT 1 FROM trail.horizon FOR SHARE')
  // Marks go before the count begins: events that are committed later have marks of their own.
  // What somebody else counted while this waited has no mark any more.
  const hours = await tx.query<Hour>(
    sql`WITH gone AS (DELETE FROM trail.dirty_hour d USING ${givenHours(marked)}
        WHERE ${isHourOf('d')} RETURNING d.account_id, d.region, d.hour)
      SELECT DISTINCT account_id AS "accountId", region, ${hourText} AS hour FROM gone`,
  )
  if (hours.length === 0) return 0
  await tx.execute(
    sql`WITH changed AS (DELETE FROM trail.use u USING ${givenHours(hours)}
       WHERE ${isHourOf('u')} AND ${isHeld('u', 'u.hour')} AND ${isBetween('u.hour', hours)}
       RETURNING u.account_id, u.key_arn, u.hour, u.resource)
     ${markBound}`,
  )
  await tx.execute(
    sql`WITH changed AS (
     INSERT INTO trail.use (hour, account_id, region, key_arn, is_first_key, principal_kind, principal,
        principal_account, operation, read_only, is_use, via, resource_kind, resource, outcome,
        error_code, events, first_at, last_at, sessions)
     SELECT g."hour", e.account_id, e.region, k.key_arn, k.key_at = 1, e.principal_kind, e.principal,
       e.principal_account, e.operation, e.read_only, e.is_use, e.via, e.resource_kind, e.resource,
       e.outcome, e.error_code, count(*), min(e.occurred_at), max(e.occurred_at),
       coalesce((array_agg(DISTINCT e.session ORDER BY e.session)
         FILTER (WHERE e.session IS NOT NULL))[1:${raw(String(sampledSessions))}], '{}')
     FROM ${givenHours(hours)}
     JOIN trail.event e ON e.account_id = g."accountId" AND e.region = g."region"
       AND e.occurred_at >= g."hour" AND e.occurred_at < g."hour" + interval '1 hour'
     CROSS JOIN LATERAL unnest(e.key_arn || coalesce(e.more_keys, '{}'))
       WITH ORDINALITY k(key_arn, key_at)
     WHERE ${isHeld('e', 'g."hour"')} AND ${isBetween('e.occurred_at', hours)}
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
     -- Those of a key beside each other: pages ask for one key over many hours.
     ORDER BY e.account_id, e.region, k.key_arn, g."hour"
     RETURNING account_id, key_arn, hour, resource)
     ${markBound}`,
  )
  return hours.length
}

/** The resources of these keys are to be counted again (bound/recount-bound.ts). */
const markBound = raw(`INSERT INTO trail.dirty_bound (account_id, key_arn, month)
     SELECT DISTINCT account_id, key_arn, date_trunc('month', hour, 'UTC')::date FROM changed
     WHERE resource IS NOT NULL AND key_arn IS NOT NULL`)

/** The time of all these hours together: so PostgreSQL opens only the partitions that have them. */
function isBetween(column: string, hours: readonly Hour[]) {
  const times = hours.map(({ hour }) => Date.parse(hour)).sort((a, b) => a - b)
  const [first = 0, last = first] = [times[0], times.at(-1)]
  return sql`${raw(column)} >= ${new Date(first)} AND ${raw(column)} < ${new Date(last + 3_600_000)}`
}
