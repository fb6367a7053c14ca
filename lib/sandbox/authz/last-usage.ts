import type { Key } from '../world'

const dayMs = 86_400_000
/** The day on which AWS began to track the last use of keys. */
const trackingStart = Date.UTC(2026, 3, 23)

/**
 * Returns kms:TrailingDaysWithoutKeyUsage: whole days since the last use, else since creation or
 * the start of tracking, whichever is later.
 */
export function trailingDaysWithoutUsage(key: Key, now: number): number {
  return Math.floor((now - (key.lastUsage?.at ?? Math.max(key.createdAt, trackingStart))) / dayMs)
}
