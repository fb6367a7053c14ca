import 'server-only'
import { scopeOf, type Assigned } from '../../auth/permissions'
import { kindOf } from '../kinds/registry'
import { reaches } from '../scope/visible'

/**
 * Says why somebody with these roles cannot request a change without an end; null: it has one,
 * needs none, or they can.
 */
export function refuseIndefinite(
  assigned: readonly Assigned[],
  change: { kind: string; accountId: string | null; endsAt: Date | null },
): string | null {
  const isOpen = change.endsAt === null && kindOf(change.kind)?.end === 'default'
  return isOpen && !reaches(scopeOf(assigned, 'requests.withoutEnd'), change)
    ? 'You may ask for this only with an end.'
    : null
}
