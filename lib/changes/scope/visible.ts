import 'server-only'
import { reachesAccount, type Scope } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { sql, type Sql } from '../../db/client'
import { isEverywhere, withinAccounts } from '../../db/scope'

type Seeing = Permit<
  'requests.read' | 'requests.decide' | 'requests.create' | 'requests.breakGlass'
>

/**
 * A condition on a request (r) that a person may see: their own, and those with a change in an
 * account of their scope; drafts are their author's alone.
 */
export const isVisible = (permit: Seeing): Sql =>
  isSeen(
    permit,
    sql`EXISTS (SELECT 1 FROM "Change" v
      WHERE v."requestId" = r."id" AND ${withinAccounts('v."accountId"', permit.scope)})`,
  )

/**
 * The same where many requests are asked: those of the accounts are taken from an index once, not
 * looked up for each.
 */
export const isAmongVisible = (permit: Seeing): Sql =>
  isSeen(
    permit,
    sql`r."id" IN (SELECT v."requestId" FROM "Change" v
      WHERE ${withinAccounts('v."accountId"', permit.scope)})`,
  )

const isSeen = ({ actor, scope }: Seeing, isInScope: Sql): Sql =>
  sql`(r."requesterId" = ${actor.id}::uuid OR (r."sentAt" IS NOT NULL
    AND (${isEverywhere(scope)} OR ${isInScope})))`

/** A condition on a change (c) of a visible request (r): of one over several accounts, these. */
export const isChangeVisible = ({ actor, scope }: Seeing): Sql =>
  sql`(r."requesterId" = ${actor.id}::uuid OR ${withinAccounts('c."accountId"', scope)})`

type Placed = { accountId: string | null }

/**
 * Tells whether a scope covers a change. One of the installation has no account: it takes all of
 * them.
 */
export const reaches = (scope: Scope | null, { accountId }: Placed): boolean =>
  reachesAccount(scope, accountId)
export const reachesAll = (scope: Scope | null, changes: readonly Placed[]): boolean =>
  changes.every((change) => reaches(scope, change))
