import type { Call } from '../call'
import type { QuotaUse } from './request-quotas'

const keepMinutes = 15 * 24 * 60

/**
 * AWS/Usage CallCount per minute of the sandbox's clock, in the caller's account, by the
 * resource names of aws-facts 6.4.
 */
export function countUsage(call: Call, uses: QuotaUse[]): void {
  if (call.service !== 'kms') return
  const minute = Math.floor(call.now / 60_000)
  const counted = uses.filter((entry) => entry.usageResource !== '')
  if (counted.length === 0) return add(call, call.region, call.operation, minute, 1)
  for (const entry of counted) add(call, entry.region, entry.usageResource, minute, entry.amount)
}

function add(call: Call, region: string, resource: string, minute: number, amount: number): void {
  const usage = call.world.accounts.get(call.caller.accountId)?.regions.get(region)?.usage
  if (!usage) return
  let minutes = usage.get(resource)
  if (!minutes) usage.set(resource, (minutes = new Map()))
  const before = minutes.get(minute)
  minutes.set(minute, (before ?? 0) + amount)
  if (before === undefined) forget(minutes, minute - keepMinutes)
}

/** AWS keeps one-minute data 15 days. Insertion is in time order, so the old ones stand first. */
function forget(minutes: Map<number, number>, before: number): void {
  for (const minute of minutes.keys()) {
    if (minute >= before) return
    minutes.delete(minute)
  }
}
