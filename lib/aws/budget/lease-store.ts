import 'server-only'
import pg from 'pg'
import { connectionOf, sql } from '@/lib/db/client'
import { daysAgo, forgetRows } from '@/lib/db/forget'
import { env } from '@/lib/env'
import { quotaRowOf } from '../quota-rows'
import { allocate, type Allocation } from './allocate'
import { leaseMs } from './bucket'

export type RowKey = { accountId: string; region: string; quota: string }
export type Renewal = RowKey & { api: string; want: number; keep: number; throttled: boolean }

/** A turn of what cannot be divided, in seconds. */
const turnSeconds = 5
const floor = 0.2

type BudgetRow = RowKey & {
  perSecond: number
  factor: number
  sinceThrottleMs: number | null
  sinceRecoveryMs: number | null
}
type LeaseRow = RowKey & { holder: string; tokens: number; want: number }

/**
 * Renews the leases of one process in one transaction: per row the budget is locked, so the leases
 * of all processes are seen and their sum stays within the limit. Rows are locked in order, so
 * processes wait for each other and never deadlock.
 */
export async function renewLeases(
  holder: string,
  share: number,
  renewals: readonly Renewal[],
): Promise<(Allocation & { limit: number })[]> {
  const client = await (connection ??= connect()).catch((error: unknown) => {
    connection = null
    throw error
  })
  try {
    await client.query('BEGIN')
    const keys = JSON.stringify(
      renewals.map(({ accountId, region, quota }) => ({ accountId, region, quota })),
    )
    const budgets = await lockBudgets(client, keys, renewals)
    const { rows: leases } = await client.query<LeaseRow & { turn: number }>(
      `SELECT l."accountId", l."region", l."quota", l."holder", l."tokens", l."want"
       FROM "BudgetLease" l JOIN jsonb_populate_recordset(null::"BudgetLease", $1::jsonb) k
       USING ("accountId", "region", "quota")
       WHERE l."expiresAt" > clock_timestamp()`,
      [keys],
    )
    const {
      rows: [time],
    } = await client.query<{ turn: number }>(
      `SELECT floor(extract(epoch FROM clock_timestamp()) / ${turnSeconds})::int AS turn`,
    )
    const results = allocateAll(renewals, { holder, share, budgets, leases, turn: time?.turn ?? 0 })
    await writeFactors(
      client,
      results.filter((one) => one.factor !== one.budget.factor),
    )
    await writeLeases(client, holder, results)
    await client.query('COMMIT')
    return results.map(({ tokens, usable, limit }) => ({ tokens, usable, limit }))
  } catch (error) {
    closeLeaseStore()
    throw error
  }
}

type Known = {
  holder: string
  share: number
  budgets: ReadonlyMap<string, BudgetRow>
  leases: readonly LeaseRow[]
  turn: number
}

/** What each budget gives the holder, beside what the others hold of it. */
function allocateAll(
  renewals: readonly Renewal[],
  { holder, share, budgets, leases, turn }: Known,
) {
  return renewals.map((renewal) => {
    const budget = budgets.get(keyOf(renewal))
    if (!budget) throw new Error(`no budget row for ${keyOf(renewal)}`)
    const factor = nextFactor(budget, renewal.throttled)
    const limit = limitOf(budget.perSecond, share, factor)
    const there = leases.filter((lease) => keyOf(lease) === keyOf(renewal))
    const mine = there.find((lease) => lease.holder === holder)
    const others = there.filter((lease) => lease.holder !== holder)
    const me = {
      holder,
      want: Math.min(renewal.want, limit),
      keep: renewal.keep,
      leased: mine?.tokens ?? 0,
    }
    const given = allocate(limit, others, me, turn)
    return { renewal, budget, factor, limit, want: me.want, ...given }
  })
}

/**
 * A connection apart from the pool: a sweep's writes that fill the pool must
 * not let the leases run out.
 */
let connection: Promise<pg.Client> | null = null

function connect(): Promise<pg.Client> {
  const client = new pg.Client(connectionOf('budget'))
  const opening = client.connect().then(() => client)
  client.on('error', () => {
    if (connection === opening) connection = null
  }) // lost; the next renewal opens another
  return opening
}

/** Closes it, which also rolls back what it had begun. */
export function closeLeaseStore(): void {
  connection?.then((client) => client.end()).catch(() => {})
  connection = null
}

/**
 * Calls a second that all processes together may make: the share of the quota, rounded up to a
 * whole call, less after throttles.
 */
export function limitOf(perSecond: number, share: number, factor: number): number {
  return Math.max(1, Math.floor(Math.max(1, Math.ceil(share * perSecond - 1e-9)) * factor))
}

/**
 * Down by three tenths at a throttle, at most once a second; up by a
 * twentieth each second without one.
 */
export function nextFactor(
  budget: Pick<BudgetRow, 'factor' | 'sinceThrottleMs' | 'sinceRecoveryMs'>,
  throttled: boolean,
): number {
  const quiet = budget.sinceThrottleMs === null || budget.sinceThrottleMs >= 1_000
  if (throttled) return quiet ? Math.max(floor, budget.factor * 0.7) : budget.factor
  const quietSeconds = Math.floor(
    Math.min(budget.sinceThrottleMs ?? Infinity, budget.sinceRecoveryMs ?? Infinity) / 1_000,
  )
  return quietSeconds > 0 ? Math.min(1, budget.factor + 0.05 * quietSeconds) : budget.factor
}

type Connection = {
  query: <T extends object>(text: string, params?: unknown[]) => Promise<{ rows: T[] }>
}
const keyOf = (row: RowKey) => `${row.accountId}/${row.region}/${row.quota}`

async function lockBudgets(
  client: Connection,
  keys: string,
  renewals: readonly Renewal[],
): Promise<Map<string, BudgetRow>> {
  const lock = () =>
    client.query<BudgetRow>(
      `SELECT b."accountId", b."region", b."quota", b."perSecond", b."factor",
       (extract(epoch FROM clock_timestamp() - b."throttledAt") * 1000)::float8 AS "sinceThrottleMs",
       (extract(epoch FROM clock_timestamp() - b."recoveredAt") * 1000)::float8 AS "sinceRecoveryMs"
     FROM "Budget" b JOIN jsonb_populate_recordset(null::"Budget", $1::jsonb) k USING ("accountId", "region", "quota")
     ORDER BY b."accountId", b."region", b."quota" FOR UPDATE OF b`,
      [keys],
    )
  let { rows } = await lock()
  if (rows.length < renewals.length) {
    await makeBudgets(client, renewals)
    rows = (await lock()).rows
  }
  return new Map(rows.map((row) => [keyOf(row), row]))
}

/**
 * A new row begins with the value Service Quotas gave for this account and
 * Region, or with AWS's default.
 */
async function makeBudgets(client: Connection, renewals: readonly Renewal[]): Promise<void> {
  const rows = renewals
    .map(({ accountId, region, quota, api }) => ({ accountId, region, quota, ...pick(api) }))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  await client.query(
    `INSERT INTO "Budget" ("accountId", "region", "quota", "perSecond")
     SELECT r."accountId", r."region", r."quota", coalesce(q."value", r."perSecond")
     FROM jsonb_to_recordset($1::jsonb) r("accountId" text, "region" text, "quota" text,
       "perSecond" float8, "code" text)
     LEFT JOIN "QuotaValue" q ON q."accountId" = r."accountId" AND q."region" = r."region" AND q."code" = r."code"
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  )
}

function pick(api: string): { perSecond: number; code: string | null } {
  const { perSecond, code } = quotaRowOf(api)
  return { perSecond, code }
}

type Result = Allocation & { renewal: Renewal; budget: BudgetRow; factor: number; want: number }

async function writeFactors(client: Connection, changed: readonly Result[]): Promise<void> {
  if (changed.length === 0) return
  await client.query(
    `UPDATE "Budget" b SET "factor" = f."factor",
       "throttledAt" = CASE WHEN f."down" THEN clock_timestamp() ELSE b."throttledAt" END,
       "recoveredAt" = CASE WHEN f."down" THEN b."recoveredAt" ELSE clock_timestamp() END
     FROM jsonb_to_recordset($1::jsonb) f("accountId" text, "region" text, "quota" text, "factor" float8, "down" bool)
     WHERE b."accountId" = f."accountId" AND b."region" = f."region" AND b."quota" = f."quota"`,
    [
      JSON.stringify(
        changed.map(({ budget, factor }) => ({
          ...pickKey(budget),
          factor,
          down: factor < budget.factor,
        })),
      ),
    ],
  )
}

async function writeLeases(
  client: Connection,
  holder: string,
  results: readonly Result[],
): Promise<void> {
  const rows = results.map(({ renewal, tokens, want }) => ({ ...pickKey(renewal), tokens, want }))
  await client.query(
    `INSERT INTO "BudgetLease" ("accountId", "region", "quota", "holder", "tokens", "want", "expiresAt")
     SELECT r."accountId", r."region", r."quota", $2, r."tokens", r."want",
       clock_timestamp() + CASE WHEN r."tokens" = 0 AND r."want" = 0 THEN '0' ELSE '${leaseMs} ms' END::interval
     FROM jsonb_to_recordset($1::jsonb) r("accountId" text, "region" text, "quota" text, "tokens" int, "want" int)
     ON CONFLICT ("accountId", "region", "quota", "holder")
     DO UPDATE SET "tokens" = excluded."tokens", "want" = excluded."want", "expiresAt" = excluded."expiresAt"`,
    [JSON.stringify(rows), holder],
  )
}

/** Leases of processes that are long gone. */
export async function forgetOldLeases(): Promise<void> {
  await sql.execute(
    `DELETE FROM "BudgetLease" WHERE "expiresAt" < clock_timestamp() - interval '1 minute'`,
  )
}

/** Budgets of accounts that were removed long ago: nobody calls there, and one is made when asked. */
export async function forgetOldBudgets(): Promise<void> {
  await forgetRows(
    '"Budget"',
    sql`EXISTS (SELECT 1 FROM "Account" a WHERE a."id" = o."accountId"
        AND a."removedAt" < ${daysAgo(env().CLAVIGER_KEEP_BUDGETS_DAYS)})
      AND NOT EXISTS (SELECT 1 FROM "BudgetLease" l WHERE l."accountId" = o."accountId"
        AND l."region" = o."region" AND l."quota" = o."quota")`,
  )
}

function pickKey({ accountId, region, quota }: RowKey): RowKey {
  return { accountId, region, quota }
}
