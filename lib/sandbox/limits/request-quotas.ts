import type { Call, Input } from '../call'
import { findRequestQuota, LOOKUP_EVENTS_PER_SECOND, type RequestQuota } from '../quotas/table'
import { keySpecOf, storeOf } from './target-key'

/** One quota row that a call counts on, in the caller's account. */
export type QuotaUse = QuotaRow & {
  accountId: string
  region: string
  perSecond: number
  amount: number
  /** Counts even while the sandbox enforces no quotas: no account at AWS is without it. */
  always?: true
}
type QuotaRow = { name: string; code: string | null; usageResource: string }

/**
 * `quota`: a name, a code or an operation. Without account or Region it holds for all. The last
 * that fits counts.
 */
type QuotaOverride = { quota: string; value: number; account?: string; region?: string }

type Bucket = { tokens: number; at: number }

export type RequestQuotas = {
  enforced: boolean
  overrides: QuotaOverride[]
  buckets: Map<string, Bucket>
}

export function makeRequestQuotas(): RequestQuotas {
  return { enforced: false, overrides: [], buckets: new Map() }
}

const storePerSecond = 1_800

/**
 * Lists what the call counts on: ReplicateKey and UpdatePrimaryRegion in two Regions, a key of a
 * key store on the store too.
 */
export function listQuotaUses(call: Call, input: Input): QuotaUse[] {
  if (call.service === 'cloudtrail' && call.operation === 'LookupEvents') {
    return [
      {
        ...use(
          call,
          call.region,
          { name: 'LookupEvents', code: null, usageResource: 'LookupEvents' },
          LOOKUP_EVENTS_PER_SECOND,
          1,
        ),
        always: true,
      },
    ]
  }
  if (call.service !== 'kms') return []
  const pairSpec = typeof input.KeyPairSpec === 'string' ? input.KeyPairSpec : null
  const row = findRequestQuota(call.operation, keySpecOf(call, input), pairSpec)
  const uses = row ? [useRow(call, call.region, row, 1)] : []
  const createKey = findRequestQuota('CreateKey', null, null)
  if (call.operation === 'ReplicateKey' && typeof input.ReplicaRegion === 'string' && createKey) {
    uses.push(useRow(call, input.ReplicaRegion, createKey, 2))
  }
  if (call.operation === 'UpdatePrimaryRegion' && typeof input.PrimaryRegion === 'string' && row) {
    uses.push(useRow(call, input.PrimaryRegion, row, 1))
  }
  const store = storeOf(call, input)
  if (store)
    uses.push(
      use(
        call,
        call.region,
        { name: `Custom key store ${store}`, code: null, usageResource: '' },
        storePerSecond,
        1,
      ),
    )
  return uses
}

function useRow(call: Call, region: string, row: RequestQuota, amount: number): QuotaUse {
  const applied = call.world.accounts
    .get(call.caller.accountId)
    ?.regions.get(region)
    ?.quotaOverrides.get(row.code ?? '')
  return use(call, region, row, applied ?? row.defaultPerSecond(region), amount)
}

function use(
  call: Call,
  region: string,
  row: QuotaRow,
  perSecond: number,
  amount: number,
): QuotaUse {
  return {
    name: row.name,
    code: row.code,
    usageResource: row.usageResource,
    accountId: call.caller.accountId,
    region,
    perSecond,
    amount,
  }
}

/**
 * Takes from every bucket or from none; false is a throttle. A bucket holds one second's worth and
 * fills evenly.
 */
export function takeQuota(quotas: RequestQuotas, uses: QuotaUse[], nowMs: number): boolean {
  const counted = uses.filter(({ always }) => quotas.enforced || always)
  const filled = counted.map((entry) => ({ entry, bucket: fill(quotas, entry, nowMs) }))
  if (!filled.every(({ entry, bucket }) => bucket.tokens >= entry.amount)) return false
  for (const { entry, bucket } of filled) bucket.tokens -= entry.amount
  return true
}

function fill(quotas: RequestQuotas, entry: QuotaUse, nowMs: number): Bucket {
  const perSecond = findOverride(quotas.overrides, entry) ?? entry.perSecond
  const capacity = Math.max(entry.amount, perSecond)
  const name = `${entry.accountId}/${entry.region}/${entry.name}`
  let bucket = quotas.buckets.get(name)
  if (!bucket) quotas.buckets.set(name, (bucket = { tokens: capacity, at: nowMs }))
  bucket.tokens = Math.min(
    capacity,
    bucket.tokens + (Math.max(0, nowMs - bucket.at) / 1000) * perSecond,
  )
  bucket.at = nowMs
  return bucket
}

function findOverride(overrides: QuotaOverride[], entry: QuotaUse): number | undefined {
  return overrides.findLast(
    (one) =>
      (one.quota === entry.name ||
        one.quota === entry.code ||
        `${one.quota} request rate` === entry.name) &&
      (one.account === undefined || one.account === entry.accountId) &&
      (one.region === undefined || one.region === entry.region),
  )?.value
}
