import 'server-only'
import { reachesAccount, type Scope } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { accountsOf, isEverywhere, withinAccounts } from '../../db/scope'

type Seeing = Permit<
  'requests.read' | 'requests.decide' | 'requests.create' | 'requests.breakGlass'
>

/**
 * SQL of the requests (r) a person can see: their own, and those with a change in an account of
 * their scope; drafts are their author's alone. A condition and its two parameters, the person and
 * the accounts of their scope; the first of them is $`from`.
 */
export function visibleRequest(
  { actor, scope }: Seeing,
  from: number,
): { where: string; params: unknown[] } {
  const accounts = `$${from + 1}`
  const seesOne = `(${isEverywhere(accounts)} OR EXISTS (SELECT 1 FROM "Change" v
    WHERE v."requestId" = r."id" AND ${withinAccounts('v."accountId"', accounts)}))`
  return {
    where: `(r."requesterId" = $${from}::uuid OR (r."sentAt" IS NOT NULL AND ${seesOne}))`,
    params: [actor.id, accountsOf(scope)],
  }
}

type Placed = { accountId: string | null }

/**
 * Tells whether a scope covers a change. One of the installation has no account: it takes all of
 * them.
 */
export const reaches = (scope: Scope | null, { accountId }: Placed): boolean =>
  reachesAccount(scope, accountId)
export const reachesAll = (scope: Scope | null, changes: readonly Placed[]): boolean =>
  changes.every((change) => reaches(scope, change))
