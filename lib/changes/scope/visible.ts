import 'server-only'
import type { Scope } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'

type Seeing = Permit<
  'requests.read' | 'requests.decide' | 'requests.create' | 'requests.breakGlass'
>

/**
 * Requests (r) a person may see: their own, and those with a change in an account of their scope; drafts are their author's alone.
 * A condition and its parameters, the first of which is $`from`.
 */
export function visibleRequest(
  { actor, scope }: Seeing,
  from: number,
): { where: string; params: unknown[] } {
  const own = `r."requesterId" = $${from}::uuid`
  if (scope.all) return { where: `(${own} OR r."sentAt" IS NOT NULL)`, params: [actor.id] }
  return {
    where: `(${own} OR (r."sentAt" IS NOT NULL AND EXISTS (SELECT 1 FROM "Change" v WHERE v."requestId" = r."id" AND v."accountId" = ANY($${from + 1}::text[]))))`,
    params: [actor.id, [...scope.accountIds]],
  }
}

type Placed = { accountId: string | null }

/** A change of the installation has no account: it takes all of them. Null: the permission is not held. */
export const reaches = (scope: Scope | null, { accountId }: Placed): boolean =>
  scope !== null && (scope.all || (accountId !== null && scope.accountIds.includes(accountId)))
export const reachesAll = (scope: Scope | null, changes: readonly Placed[]): boolean =>
  changes.every((change) => reaches(scope, change))
