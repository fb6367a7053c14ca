import { findRole, findUser } from '../accounts'
import type { Caller } from '../call'
import type { IamEntity, World } from '../world'
import { managedPolicies } from './managed-policies'
import { judge, type Question, type Verdict } from './statements'

/** What IAM alone says about the caller, layer by layer. `null`: there is no such layer. */
export type IdentityVerdicts = {
  identity: Verdict
  boundary: Verdict | null
  session: Verdict | null
}

/** The root of an account needs no identity policy. An entity that is gone is allowed nothing. */
export function judgeIdentity(world: World, caller: Caller, question: Question): IdentityVerdicts {
  if (caller.kind === 'root') return { identity: 'allow', boundary: null, session: null }
  const user = findUser(world, caller.entityArn)
  const entity = user ?? findRole(world, caller.entityArn)
  if (!entity) return { identity: 'none', boundary: null, session: null }
  const groups = (user?.groups ?? []).flatMap(
    (name) => world.accounts.get(caller.accountId)?.groups.get(name) ?? [],
  )
  const documents = [entity, ...groups].flatMap((holder) =>
    policiesOf(world, caller.accountId, holder),
  )
  const boundaryArn = entity.permissionsBoundaryArn
  return {
    identity: judge(documents, question),
    boundary:
      boundaryArn === null
        ? null
        : judge(documentOf(world, caller.accountId, boundaryArn), question),
    session: caller.sessionPolicies.length === 0 ? null : judge(caller.sessionPolicies, question),
  }
}

function policiesOf(
  world: World,
  accountId: string,
  holder: Pick<IamEntity, 'inlinePolicies' | 'attachedPolicyArns'>,
): string[] {
  return [
    ...holder.inlinePolicies.values(),
    ...holder.attachedPolicyArns.flatMap((arn) => documentOf(world, accountId, arn)),
  ]
}

/** The document of a managed policy, AWS's or the account's; empty when there is none. */
export function documentOf(world: World, accountId: string, arn: string): string[] {
  const document =
    managedPolicies.get(arn)?.document ?? world.accounts.get(accountId)?.policies.get(arn)?.document
  return document === undefined ? [] : [document]
}
