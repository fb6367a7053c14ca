import 'server-only'
import { raw, sql, transaction, type Tx } from '../../db/client'

/** The resources of a key in a month, as the records of one account tell them. */
type Part = { accountId: string; keyArn: string; month: string }

/** Parts that one transaction counts, and transactions of one call. */
const batch = 50
const mostBatches = 20

const partsOf = (parts: readonly Part[]) =>
  sql`json_to_recordset(${JSON.stringify(parts)}::json)
    g("accountId" text, "keyArn" text, "month" date)`
const isOf = (row: string) =>
  raw(
    `${row}.account_id = g."accountId" AND ${row}.key_arn = g."keyArn" AND ${row}.month = g."month"`,
  )

/**
 * Counts again which resources a key was used for, of all keys and months whose rollups changed
 * before `olderThanSeconds`: a busy key is marked with every recount of its hour, and its month is
 * read as a whole. As with rollups, nothing is added to: it is a count of the rollups that are
 * there. What is left after a thousand waits for the next call: hours are counted between.
 */
export async function recountBound(olderThanSeconds = 0, stop?: AbortSignal): Promise<void> {
  const before = sql`now() - make_interval(secs => ${olderThanSeconds}::int)`
  for (let batches = 0; batches < mostBatches && !stop?.aborted; batches += 1) {
    const parts = await sql.query<Part>(
      sql`SELECT account_id AS "accountId", key_arn AS "keyArn", month::text AS "month"
       FROM trail.dirty_bound WHERE marked_at <= ${before}
       GROUP BY account_id, key_arn, dirty_bound.month
       ORDER BY dirty_bound.month DESC, account_id, key_arn LIMIT ${batch}`,
    )
    if (parts.length === 0) return
    await transaction((tx) => recount(tx, parts), { timeoutMs: 600_000 })
    if (parts.length < batch) return
  }
}

/**
 * Returns how many milliseconds until hours, or resources that are to be counted after so many
 * seconds, are due; null: nothing is marked.
 */
export async function trailDueMs(afterSeconds: number): Promise<number | null> {
  const [row] = await sql.query<{ dueMs: number | null }>(
    sql`SELECT CASE WHEN EXISTS (SELECT FROM trail.dirty_hour) THEN 0 ELSE (
       SELECT (extract(epoch FROM min(marked_at) - now()) + ${afterSeconds}::int) * 1000
       FROM trail.dirty_bound) END::float8 AS "dueMs"`,
  )
  return row?.dueMs ?? null
}

async function recount(tx: Tx, marked: readonly Part[]): Promise<void> {
  // One after another for each part, in one order for all who count.
  await tx.query(
    sql`SELECT pg_advisory_xact_lock(h) FROM (
        SELECT DISTINCT hashtextextended(concat_ws(' ', 'trail bound', g."accountId", g."keyArn",
          g."month"), 0) AS h
        FROM ${partsOf(marked)} ORDER BY 1) locks`,
  )
  // Marks go before the count begins: rollups that are committed later have marks of their own.
  const parts = await tx.query<Part>(
    sql`WITH gone AS (DELETE FROM trail.dirty_bound d USING ${partsOf(marked)}
        WHERE ${isOf('d')} RETURNING d.account_id, d.key_arn, d.month)
      SELECT DISTINCT account_id AS "accountId", key_arn AS "keyArn", month::text AS "month"
      FROM gone`,
  )
  if (parts.length === 0) return
  await tx.execute(sql`DELETE FROM trail.bound b USING ${partsOf(parts)} WHERE ${isOf('b')}`)
  await tx.execute(
    sql`INSERT INTO trail.bound (key_arn, month, account_id, resource_kind, resource, operation,
        first_at, last_at)
     SELECT u.key_arn, g."month", u.account_id, u.resource_kind, u.resource, u.operation,
       min(u.first_at), max(u.last_at)
     FROM ${partsOf(parts)}
     JOIN trail.use u ON lower(u.key_arn) = lower(g."keyArn") AND u.key_arn = g."keyArn"
       AND u.account_id = g."accountId"
       AND u.hour >= g."month"::timestamp AT TIME ZONE 'UTC'
       AND u.hour < (g."month" + interval '1 month') AT TIME ZONE 'UTC'
     WHERE u.resource IS NOT NULL AND u.resource_kind IS NOT NULL AND u.outcome = 'success'
       AND ${isInMonths(parts)}
     GROUP BY 1, 2, 3, 4, 5, 6`,
  )
}

/** The time of all these months together: so PostgreSQL opens only the partitions that have them. */
function isInMonths(parts: readonly Part[]) {
  const months = parts.map(({ month }) => new Date(`${month}T00:00:00Z`)).sort((a, b) => +a - +b)
  const [first = new Date(0), last = first] = [months[0], months.at(-1)]
  const end = new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth() + 1, 1))
  return sql`u.hour >= ${first} AND u.hour < ${end}`
}
