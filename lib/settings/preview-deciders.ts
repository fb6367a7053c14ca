import 'server-only'
import type { Permit } from '../auth/permit'
import { reachesAccount, type Role } from '../auth/permissions'
import { findOwner, listDeciders } from '../changes/rules/deciders'
import { defaultRules, resolveRule } from '../changes/rules/rule'
import { whyUnanswerable } from '../changes/rules/unanswerable'
import { sql } from '../db/client'
import { AppError } from '../errors'

export type Demand = {
  account?: string
  arn?: string
  approvals: number
  owner: boolean
  roles?: Role[]
}
export type PreviewedDeciders = {
  /** Null: no key was named, or its tags were never read. */
  tags: Record<string, string> | null
  owner: string | null
  deciders: { name: string; delegateOf: string | null }[]
  /** Why it could not be approved; null: it could. */
  why: string | null
}

/**
 * Who could decide if the asker asked for it.
 * @throws AppError not_found for an account or a key beyond their scope.
 */
export async function previewDeciders(
  { actor, scope }: Permit<'requests.read'>,
  { account, arn, approvals, owner: ownerMust, roles }: Demand,
): Promise<PreviewedDeciders> {
  const [key] =
    arn === undefined
      ? []
      : await sql.query<{ accountId: string; tags: Record<string, string> | null }>(
          'SELECT "accountId", "tags" FROM "Key" WHERE "arn" = $1',
          [arn],
        )
  const accountId = key?.accountId ?? account ?? null
  if ((arn !== undefined && !key) || (accountId !== null && !reachesAccount(scope, accountId)))
    throw new AppError('not_found', 'There is no such key or account among those you may see.')
  const owner = await findOwner(sql, arn ?? null)
  const nothing = resolveRule(
    { ...defaultRules, rules: [] },
    { kind: '', risk: 'low', accountId, keyArn: arn ?? null, tags: null },
  )
  const rule = { ...nothing, approvals, ownerMust, roles: roles ?? null }
  const deciders = await listDeciders(sql, { requesterId: actor.id, accountId, rule, owner })
  return {
    tags: key?.tags ?? null,
    owner,
    deciders: deciders.map(({ name, delegateOf }) => ({
      name,
      delegateOf: delegateOf?.name ?? null,
    })),
    why: whyUnanswerable(rule, deciders, { accountId, keyArn: arn ?? null, owner }),
  }
}
