import type { Key } from '../world'

const dayMs = 86_400_000
/** AWS began to note the last use of keys on this day (aws-facts 1.2). */
const trackingStart = Date.UTC(2026, 3, 23)

/**
 * kms:TrailingDaysWithoutKeyUsage: whole days since the last use, else since
 * creation or the start of tracking.
 */
export function trailingDaysWithoutUsage(key: Key, now: number): number {
  return Math.floor((now - (key.lastUsage?.at ?? Math.max(key.createdAt, trackingStart))) / dayMs)
}
