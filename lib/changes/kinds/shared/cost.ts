/** What a change costs by AWS's list prices, in words. Pure. */
import { priceTable } from '../../../cost/prices'
import type { KeyRow } from '../../../inventory/key-detail'

const prices = priceTable.at(-1)
const dollars = (usd: number): string => `$${usd.toFixed(2)}`

/**
 * Says what `keys` more keys cost a month (lib/kms/README.md, "Prices"); nothing where no prices
 * are known.
 */
export function describeKeyCost(keys = 1): string[] {
  return prices
    ? [
        `Costs ${dollars(prices.keyMonth * keys)} a month more, and requests (AWS's list price since ${prices.since}).`,
      ]
    : []
}

/** Says what a rotation costs: only the first ones of a key do (lib/kms/README.md, "Prices"). */
export function describeRotationCost(key: KeyRow | null): string[] {
  if (!prices || (key?.rotationCount ?? 0) >= prices.rotationsCharged) return []
  return [
    `Each of the first ${prices.rotationsCharged} rotations of a key costs ` +
      `${dollars(prices.rotationMonth)} a month more (AWS's list price since ${prices.since}).`,
  ]
}
