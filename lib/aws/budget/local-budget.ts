import 'server-only'
import { randomUUID } from 'node:crypto'
import { env } from '@/lib/env'
import { log } from '@/lib/log'
import { quotaRowOf } from '../quota-rows'
import { closeLeaseStore, renewLeases, type Renewal, type RowKey } from './lease-store'
import { machineClock, Bucket } from './bucket'

/**
 * All of a process's leases. Rows that are in use are renewed together, each second, or sooner
 * while calls wait for tokens.
 */
type Row = RowKey & {
  api: string
  tokens: Bucket
  dueAt: number
  limit: number
  hungry: boolean
  active: boolean
}

const renewMs = 1_000
const hungryMs = 200

const holder = randomUUID()
const rows = new Map<string, Row>()
let renewing: Promise<void> | null = null
let timer: NodeJS.Timeout | null = null
let wakeAt = Infinity

/** The tokens of the row that `api` counts on, in this account and Region. */
export function bucketOf(accountId: string, region: string, api: string): Bucket {
  const cacheKey = `${accountId}/${region}/${api}`
  const known = byApi.get(cacheKey)
  if (known) return known.tokens
  const { name, perSecond } = quotaRowOf(api)
  const key = `${accountId}/${region}/${name}`
  let row = rows.get(key)
  if (!row) {
    const tokens = new Bucket(machineClock, 1_005 * Math.max(1, 1 / perSecond), () => {
      if (row) demand(row)
    })
    row = {
      accountId,
      region,
      quota: name,
      api,
      tokens,
      dueAt: Infinity,
      limit: 1,
      hungry: false,
      active: false,
    }
    rows.set(key, row)
  }
  byApi.set(cacheKey, row)
  return row.tokens
}
const byApi = new Map<string, Row>()

function demand(row: Row): void {
  // With all there is, or all the others leave, more asking brings nothing before the next renewal.
  if (row.active && (row.hungry || row.tokens.leased >= row.limit)) return
  const at = machineClock.now() + (row.active ? 20 : 0)
  row.active = true
  if (at < row.dueAt) row.dueAt = at
  wake(row.dueAt)
}

function wake(at: number): void {
  if (at >= wakeAt) return
  wakeAt = at
  if (timer) clearTimeout(timer)
  timer = setTimeout(
    () => {
      timer = null
      wakeAt = Infinity
      void tick()
    },
    Math.max(0, at - machineClock.now()),
  )
}

async function tick(): Promise<void> {
  if (renewing) return
  const soon = machineClock.now() + 50
  const due = [...rows.values()].filter((row) => row.active && row.dueAt <= soon)
  if (due.length > 0) {
    renewing = renew(due).finally(() => {
      renewing = null
    })
    await renewing
  }
  const next = Math.min(...[...rows.values()].filter((row) => row.active).map((row) => row.dueAt))
  if (Number.isFinite(next)) wake(next)
}

async function renew(due: readonly Row[]): Promise<void> {
  const since = machineClock.now()
  const renewals = due.map((row): Renewal => {
    const throttled = row.tokens.throttled
    row.tokens.throttled = false
    return {
      accountId: row.accountId,
      region: row.region,
      quota: row.quota,
      api: row.api,
      throttled,
      ...row.tokens.offer(),
    }
  })
  try {
    const results = await renewLeases(holder, env().CLAVIGER_BUDGET_SHARE, renewals)
    due.forEach((row, index) => {
      const result = results[index]
      if (result) settle(row, since, result, renewals[index]?.want ?? 0)
    })
  } catch (error) {
    log.warn({ err: error }, 'the request budget could not be renewed; calls wait')
    for (const row of due) row.dueAt = machineClock.now() + 500
  }
}

function settle(
  row: Row,
  since: number,
  result: { tokens: number; usable: number; limit: number },
  wanted: number,
): void {
  const now = machineClock.now()
  row.limit = result.limit
  row.hungry = result.usable < Math.min(wanted, result.limit)
  row.tokens.renew(since, result.tokens, result.usable)
  const waiting = row.tokens.queued > 0
  row.active = waiting || row.tokens.held > 0 || result.tokens > 0
  if (!row.active) row.dueAt = Infinity
  else if (waiting && row.hungry) row.dueAt = now + hungryMs
  else row.dueAt = now + (waiting && result.usable < result.limit ? 20 : renewMs)
}

/**
 * Gives everything back, for a process that ends in good order. Its last second's calls are
 * counted by waiting it out.
 */
export async function closeBudget(): Promise<void> {
  const held = () => [...rows.values()].some((row) => row.tokens.held > 0)
  for (let waited = 0; held() && waited < 1_500; waited += 50)
    await new Promise((resolve) => setTimeout(resolve, 50))
  await renewing?.catch(() => {})
  if (timer) clearTimeout(timer)
  const open = [...rows.values()].filter((row) => row.tokens.held === 0 && row.tokens.leased > 0)
  rows.clear()
  byApi.clear()
  const renewals = open.map((row) => ({
    accountId: row.accountId,
    region: row.region,
    quota: row.quota,
    api: row.api,
    want: 0,
    keep: 0,
    throttled: false,
  }))
  if (renewals.length > 0)
    await renewLeases(holder, env().CLAVIGER_BUDGET_SHARE, renewals).catch(() => {})
  closeLeaseStore()
}
