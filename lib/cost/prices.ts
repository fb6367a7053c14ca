/**
 * AWS's list prices for KMS in USD, by the day they began (https://aws.amazon.com/kms/pricing/).
 * Add an entry when AWS changes them; never edit one.
 */
export type Prices = {
  since: string
  keyMonth: number
  rotationMonth: number
  rotationsCharged: number
  requests10k: number
}

export const priceTable: readonly Prices[] = [
  // Since May 2024 only the first and the second rotation cost, so a key costs three dollars at
  // most.
  { since: '2024-05-01', keyMonth: 1, rotationMonth: 1, rotationsCharged: 2, requests10k: 0.03 },
]

function pricesAt(date: Date): Prices {
  const valid = priceTable.filter((prices) => new Date(prices.since) <= date)
  const newest = valid.at(-1) ?? priceTable[0]
  if (!newest) throw new Error('the price table is empty')
  return newest
}

export type Priced = {
  keyManager: string | null
  keyState: string | null
  /** Past rotations; null while unknown. */
  rotationCount: number | null
  /** Whether the key can have rotations at all. */
  canRotate: boolean
}

/**
 * Returns the USD a month that keeping the key costs, without requests; null while something it
 * depends on is unknown.
 */
export function monthlyCostOf(key: Priced, at: Date): number | null {
  if (key.keyManager === 'AWS') return 0
  if (key.keyManager !== 'CUSTOMER' || key.keyState === null) return null
  if (key.keyState === 'PendingDeletion') return 0
  // A primary key that waits for its replicas might wait for ever. Whether AWS charges for it is
  // not documented.
  if (key.keyState === 'PendingReplicaDeletion') return null
  const prices = pricesAt(at)
  const rotations = key.canRotate ? key.rotationCount : 0
  return rotations === null
    ? null
    : prices.keyMonth + prices.rotationMonth * Math.min(rotations, prices.rotationsCharged)
}
