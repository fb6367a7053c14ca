import 'server-only'
import { sql, type Sql } from '@/lib/db/client'
import { daysAgo, forgetRows } from '@/lib/db/forget'
import { env } from '@/lib/env'
import { underWay } from './statuses'
import type { Sweep } from './sweep'

export type Wanted<Kind extends string = string> = {
  accountId: string
  region: string
  kind: Kind
  keyArn?: string | null
  askedById?: string | null
  priority?: number
}

/**
 * Queues sweeps. One that is already queued or running is not queued again: who asks joins it (and
 * a waiting one gets the higher priority). Returns how many are new.
 */
export async function queueSweeps(wanted: readonly Wanted[]): Promise<number> {
  if (wanted.length === 0) return 0
  const rows = JSON.stringify(
    wanted.map((one) => ({ keyArn: null, askedById: null, priority: 0, ...one })),
  )
  const added = await sql.execute(
    `INSERT INTO "Sweep" ("accountId", "region", "kind", "keyArn", "askedById", "priority")
     SELECT r."accountId", r."region", r."kind", r."keyArn", r."askedById", r."priority"
     FROM jsonb_populate_recordset(null::"Sweep", $1::jsonb) r
     ON CONFLICT DO NOTHING`,
    [rows],
  )
  if (added < wanted.length) {
    await sql.execute(
      `UPDATE "Sweep" s SET "priority" = r."priority" FROM jsonb_populate_recordset(null::"Sweep", $1::jsonb) r
       WHERE s."status" = 'queued' AND s."accountId" = r."accountId" AND s."region" = r."region" AND s."kind" = r."kind"
         AND s."keyArn" IS NOT DISTINCT FROM r."keyArn" AND s."priority" < r."priority"`,
      [rows],
    )
  }
  return added
}

/**
 * A condition on a sweep (s) of a kind (k): it is under way, or it ended less than its interval ago;
 * one that failed is tried again after the shortest, so many minutes.
 */
const isSeenTo = (shortest: number): Sql =>
  sql`(s."status" = ANY(${underWay}) OR s."endedAt" > now() - make_interval(mins =>
    CASE WHEN s."status" = 'failed' THEN least(k."every", ${shortest}::int) ELSE k."every" END))`

/** A condition on an account (a): it is connected, and neither paused nor closed. */
export const sweptAccount = sql`a."removedAt" IS NULL AND a."pausedAt" IS NULL
  AND (a."state" IS NULL OR a."state" = 'ACTIVE')`
const sweptAccounts = sql`"Account" a WHERE ${sweptAccount}`

/**
 * Regions of an account that are swept: those it is narrowed to, or those that are enabled or of
 * which nothing better is known.
 */
export const sweptRegion = sql`(a."onlyRegions" = '{}' OR g."region" = ANY(a."onlyRegions"))
  AND (g."optStatus" IS NULL OR g."optStatus" IN ('ENABLED', 'ENABLED_BY_DEFAULT', 'ENABLING'))`

/**
 * Kinds as rows of SQL: where each is swept, and how often it is due, as its setting says or else by
 * its value.
 */
function rowsOf(sweeps: readonly Sweep[], minutes: number): string {
  const set = env().CLAVIGER_SWEEP_MINUTES
  return JSON.stringify(
    sweeps.flatMap(({ kind, place, every }) =>
      every === null ? [] : [{ kind, place, every: set[kind] ?? every * minutes }],
    ),
  )
}

/**
 * Places of connected accounts, as SQL: an account, each of its Regions, and the organization, which
 * is read through its management account where that is connected.
 */
const places = sql`SELECT a."id" AS "accountId", '' AS "region", 'account' AS "place"
    FROM ${sweptAccounts}
  UNION ALL SELECT a."id", '', 'organization' FROM ${sweptAccounts}
    AND a."id" = (SELECT "managementAccountId" FROM "Organization" LIMIT 1)
  UNION ALL SELECT a."id", g."region", 'region' FROM "AccountRegion" g, ${sweptAccounts}
    AND g."accountId" = a."id" AND ${sweptRegion}`

/**
 * Queues what is due of these; what follows another sweep is queued by that one. Returns how many.
 */
export async function queueDueSweeps(sweeps: readonly Sweep[]): Promise<number> {
  const minutes = env().CLAVIGER_SYNC_INTERVAL_MINUTES
  const kinds = rowsOf(
    sweeps.filter(({ after }) => after === undefined),
    minutes,
  )
  const due = await sql.query<Wanted>(
    sql`SELECT p."accountId", p."region", k."kind" FROM (${places}) p
     JOIN jsonb_to_recordset(${kinds}::jsonb) k("kind" text, "place" text, "every" int)
       ON k."place" = p."place"
     -- In the order of an index, of which the first entry is most often the answer.
     LEFT JOIN LATERAL (SELECT s."id" FROM "Sweep" s
       WHERE s."accountId" = p."accountId" AND s."region" = p."region" AND s."kind" = k."kind"
         AND ${isSeenTo(minutes)} ORDER BY s."id" DESC LIMIT 1) seen ON true
     WHERE seen."id" IS NULL`,
  )
  const priorities = new Map(sweeps.map(({ kind, priority }) => [kind, priority]))
  return queueSweeps(due.map((one) => ({ ...one, priority: priorities.get(one.kind) ?? 0 })))
}

/**
 * The sweeps that go over the keys of another: each when it is due, and never
 * for a Region without keys.
 */
export async function queueFollowers(
  { accountId, region }: { accountId: string; region: string },
  followers: readonly Sweep[],
): Promise<void> {
  const minutes = env().CLAVIGER_SYNC_INTERVAL_MINUTES
  const due = await sql.query<{ kind: string }>(
    sql`SELECT k."kind" FROM jsonb_to_recordset(${rowsOf(followers, minutes)}::jsonb) k("kind" text, "every" int)
     WHERE EXISTS (SELECT 1 FROM "Key" WHERE "accountId" = ${accountId} AND "region" = ${region} AND "goneAt" IS NULL)
       AND NOT EXISTS (SELECT 1 FROM "Sweep" s
         WHERE s."accountId" = ${accountId} AND s."region" = ${region} AND s."kind" = k."kind"
           AND ${isSeenTo(minutes)})`,
  )
  await queueSweeps(
    followers
      .filter((one) => due.some(({ kind }) => kind === one.kind))
      .map(({ kind, priority }) => ({ accountId, region, kind, priority })),
  )
}

/** Forgets sweeps that ended long ago and have a newer one. */
export async function forgetOldSweeps(): Promise<void> {
  await forgetRows(
    '"Sweep"',
    sql`o."endedAt" < ${daysAgo(env().CLAVIGER_KEEP_SWEEPS_DAYS)}
      AND (o."keyArn" IS NOT NULL OR EXISTS (SELECT 1 FROM "Sweep" n
       WHERE n."accountId" = o."accountId" AND n."region" = o."region" AND n."kind" = o."kind"
         AND n."id" > o."id" AND n."endedAt" IS NOT NULL AND n."keyArn" IS NULL))`,
  )
}
