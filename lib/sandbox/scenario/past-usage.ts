import { findFamily, findRequestQuota } from '../quotas/table'
import type { World } from '../world'
import { isCrypto } from './demo/calls'
import { weightAt } from './demo/calendar'
import { KEYS } from './demo/keys'
import { makeKeyArn } from './keys'
import { DAY } from './make'
import type { TrafficPlan } from './plan'
import { hashText } from './random'

function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * What services and tools ask beside the cryptography, in every Region with keys of the caller's
 * own.
 */
const BACKGROUND: readonly [operation: string, perDay: number, shape: TrafficPlan['shape']][] = [
  ['DescribeKey', 9000, 'steady'],
  ['ListAliases', 1200, 'office'],
  ['CreateGrant', 900, 'nightly'],
  ['RetireGrant', 880, 'nightly'],
  ['ListGrants', 60_000, 'nightly'],
  ['GetKeyPolicy', 300, 'nightly'],
  ['ListResourceTags', 500, 'nightly'],
]

function listBackground(accountId: string, region: string): PastSeries[] {
  if (!KEYS.some((plan) => plan.accountId === accountId && plan.region === region)) return []
  return BACKGROUND.map(([operation, perDay, shape]) => ({
    usageResource: operation,
    keyArn: `${accountId}/${region}`,
    operation,
    traffic: { by: '', operation, perDay, shape },
  }))
}

/** A habit of the demo, as the metrics see it. */
export type PastSeries = {
  usageResource: string
  keyArn: string
  operation: string
  traffic: TrafficPlan
}

/**
 * The demo's habits seen from an account and Region. `caller`: those of its principals (AWS/Usage
 * counts on the caller); `key`: those on its keys (AWS/KMS is the owner's).
 */
export function listPastSeries(
  world: World,
  accountId: string,
  region: string,
  side: 'caller' | 'key' = 'caller',
): PastSeries[] {
  if (world.scenario !== 'demo') return []
  const background = side === 'caller' ? listBackground(accountId, region) : []
  const habits = KEYS.filter((plan) => plan.region === region).flatMap((plan) =>
    (plan.traffic ?? []).flatMap((traffic): PastSeries[] => {
      if ((side === 'caller' ? traffic.by.split(':')[4] : plan.accountId) !== accountId) return []
      if (side === 'key' && (traffic.error || !isCrypto(traffic.operation))) return []
      const quota = findRequestQuota(traffic.operation, plan.spec ?? 'SYMMETRIC_DEFAULT', null)
      const usageResource =
        quota?.usageResource ?? `${traffic.operation}-${findFamily(plan.spec ?? '')}`
      return [
        {
          usageResource,
          keyArn: makeKeyArn(world.seed, plan),
          operation: traffic.operation,
          traffic,
        },
      ]
    }),
  )
  return [...habits, ...background]
}

/**
 * Calls of these habits in [from, to) epoch minutes, as far as that lies before the scenario began.
 */
export function countPast(
  world: World,
  habits: readonly PastSeries[],
  from: number,
  to: number,
): number {
  const end = Math.min(to, Math.floor((world.builtAt ?? 0) / 60_000))
  return end <= from
    ? 0
    : habits.reduce((total, series) => total + countSeries(world, series, from, end), 0)
}

/** Sampled at most twelve times a period: nobody needs an hour to the call. */
function countSeries(world: World, series: PastSeries, from: number, to: number): number {
  const { traffic } = series
  const built = world.builtAt ?? 0
  const since = (built - (traffic.fromDaysAgo ?? 455) * DAY) / 60_000
  const until = (built - (traffic.untilDaysAgo ?? 0) * DAY) / 60_000
  const perMinute = (traffic.perDay * (traffic.volume ?? 1)) / 1440
  const step = Math.max(1, Math.ceil((to - from) / 12))
  const own = hashText(`${series.keyArn}/${series.operation}`)
  let total = 0
  for (let minute = from; minute < to; minute += step) {
    if (minute < since || minute >= until) continue
    const noise = mix(own, minute)
    const expected =
      perMinute * weightAt(traffic.shape, minute * 60_000) * (0.75 + (noise % 1000) / 2000)
    const calls = Math.floor(expected + ((noise >>> 12) % 1000) / 1000)
    total += calls * Math.min(step, to - minute)
  }
  return total
}
