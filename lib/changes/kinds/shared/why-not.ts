/** Reasons that several kinds have against a key. Pure. */
import type { Applies } from '../../../inventory/applies'

/**
 * Returns why a change does not apply to a key; null also where that is unknown, since AWS is asked
 * then.
 */
export const reasonOf = (applies: Applies): string | null =>
  applies.applies === 'no' ? applies.why : null

/**
 * Says why a key cannot have this, as it is no primary key; null: it is one, or that is unknown.
 * `what`: what is done at the primary key, for the reason against a replica.
 */
export function whyNoMultiRegion(scope: string | null, what: string): string | null {
  if (scope === 'single') return 'This is a single-Region key, which stays one.'
  return scope === 'replica' ? `This is a replica: ${what} at the primary key of its set.` : null
}
