import 'server-only'
import { sql, type Sql } from '@/lib/db/client'
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

const sweptAccounts = sql`"Account" a WHERE a."removedAt" IS NULL AND a."pausedAt" IS NULL
  AND (a."state" IS NULL OR a."state" = 'ACTIVE')`

/**
 * Regions of an account that are swept: those it is narrowed to, or those that are enabled or of
 * which nothing better is known.
 */
export const sweptRegion = sql`(a."onlyRegions" = '{}' OR g."region" = ANY(a."onlyRegions"))
  AND (g."optStatus" IS NULL OR g."optStatus" IN ('ENABLED', 'ENABLED_BY_DEFAULT', 'ENABLING'))`

/** Kinds as rows of SQL, with how often each is due: as its setting says, or else by its value. */
function rowsOf(sweeps: readonly Sweep[], minutes: number): string {
  const set = env().CLAVIGER_SWEEP_MINUTES
  return JSON.stringify(
    sweeps.flatMap(({ kind, every }) =>
      every === null ? [] : [{ kind, every: set[kind] ?? every * minutes }],
    ),
  )
}

/** Kinds without a Region that are due for a connected account. */
async function findDueAccounts(sweeps: readonly Sweep[], minutes: number): Promise<Wanted[]> {
  return sql.query<Wanted>(
    sql`SELECT a."id" AS "accountId", '' AS "region", k."kind"
     FROM jsonb_to_recordset(${rowsOf(sweeps, minutes)}::jsonb) k("kind" text, "every" int), ${sweptAccounts}
       AND NOT EXISTS (SELECT 1 FROM "Sweep" s
         WHERE s."accountId" = a."id" AND s."region" = '' AND s."kind" = k."kind"
           AND ${isSeenTo(minutes)})`,
  )
}

async function findDueRegions(sweeps: readonly Sweep[], minutes: number): Promise<Wanted[]> {
  return sql.query<Wanted>(
    sql`SELECT a."id" AS "accountId", g."region", k."kind"
     FROM jsonb_to_recordset(${rowsOf(sweeps, minutes)}::jsonb) k("kind" text, "every" int), "AccountRegion" g,
       ${sweptAccounts} AND g."accountId" = a."id" AND ${sweptRegion}
       AND NOT EXISTS (SELECT 1 FROM "Sweep" s
         WHERE s."accountId" = a."id" AND s."region" = g."region" AND s."kind" = k."kind"
           AND ${isSeenTo(minutes)})`,
  )
}

/** The organization is read through its management account, where that is connected. */
async function findDueOrganization(sweeps: readonly Sweep[], minutes: number): Promise<Wanted[]> {
  return sql.query<Wanted>(
    sql`SELECT a."id" AS "accountId", '' AS "region", k."kind"
     FROM jsonb_to_recordset(${rowsOf(sweeps, minutes)}::jsonb) k("kind" text, "every" int), ${sweptAccounts}
       AND a."id" = (SELECT "managementAccountId" FROM "Organization" LIMIT 1)
       AND NOT EXISTS (SELECT 1 FROM "Sweep" s WHERE s."accountId" = a."id" AND s."kind" = k."kind"
         AND ${isSeenTo(minutes)})`,
  )
}

/**
 * Queues what is due of these; what follows another sweep is queued by that one. Returns how many.
 */
export async function queueDueSweeps(sweeps: readonly Sweep[]): Promise<number> {
  const minutes = env().CLAVIGER_SYNC_INTERVAL_MINUTES
  const at = (place: Sweep['place']) =>
    sweeps.filter((sweep) => sweep.place === place && sweep.after === undefined)
  const due = [
    ...(await findDueOrganization(at('organization'), minutes)),
    ...(await findDueAccounts(at('account'), minutes)),
    ...(await findDueRegions(at('region'), minutes)),
  ]
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

/** Forgets sweeps that ended a week ago and have a newer one. */
export async function forgetOldSweeps(): Promise<void> {
  await sql.execute(
    `DELETE FROM "Sweep" s WHERE s."endedAt" < now() - interval '7 days'
      AND (s."keyArn" IS NOT NULL OR EXISTS (SELECT 1 FROM "Sweep" n
       WHERE n."accountId" = s."accountId" AND n."region" = s."region" AND n."kind" = s."kind"
         AND n."id" > s."id" AND n."endedAt" IS NOT NULL AND n."keyArn" IS NULL))`,
  )
}
