import { makeKeyArn } from '../keys'
import type { KeyPlan } from '../plan'
import { AWS_MANAGED_KEYS } from './keys-aws-managed'
import { BOOKING_KEYS } from './keys-bookings'
import { FAMILY_KEYS, IDENTITY_KEYS } from './keys-customers'
import { DATA_KEYS } from './keys-data'
import { DEV_KEYS } from './keys-dev'
import { KEY_STORE_KEYS } from './keys-key-stores'
import { ORGANIZATION_KEYS } from './keys-organization'
import { PAYMENT_KEYS } from './keys-payments'
import { SHARED_KEYS } from './keys-shared'

/** Every key of the demo. */
export const KEYS: readonly KeyPlan[] = [
  ...PAYMENT_KEYS,
  ...BOOKING_KEYS,
  ...FAMILY_KEYS,
  ...IDENTITY_KEYS,
  ...DATA_KEYS,
  ...KEY_STORE_KEYS,
  ...SHARED_KEYS,
  ...ORGANIZATION_KEYS,
  ...DEV_KEYS,
  ...AWS_MANAGED_KEYS,
]

const byHandle = new Map(KEYS.map((plan) => [plan.handle, plan]))

export function arnOfKey(seed: number): (handle: string) => string {
  return (handle) => {
    const plan = byHandle.get(handle)
    if (!plan) throw new Error(`the demo has no key ${handle}`)
    return makeKeyArn(seed, plan)
  }
}

/** The Region of the family's primary; null for a single-Region key. */
export function findPrimaryRegion(plan: KeyPlan): string | null {
  if (plan.multiRegion === undefined) return null
  return plan.multiRegion === 'primary'
    ? plan.region
    : (byHandle.get(plan.multiRegion)?.region ?? null)
}
