import type { Decider } from './deciders'
import { pairUpFor } from './match'
import { nameRoles, type EffectiveRule } from './rule'

type Place = { accountId?: string | null; keyArn?: string | null; owner?: string | null }

/**
 * Says why nobody, or too few people, can give the approvals a rule asks for, and what to do about
 * it; null when they can. `deciders` are those of listDeciders. Two identities of one person are
 * one, and so are a person and their delegate.
 */
export function whyUnanswerable(
  rule: EffectiveRule,
  deciders: readonly Decider[],
  { accountId, keyArn, owner }: Place = {},
): string | null {
  const where =
    accountId === null
      ? 'for every account'
      : accountId
        ? `in account ${accountId}`
        : 'in this account'
  const because =
    rule.names.length === 0
      ? ''
      : ` (${rule.names.length === 1 ? 'rule' : 'rules'} ${rule.names.map((name) => `“${name}”`).join(', ')})`
  if (rule.roles?.length === 0)
    return (
      `The approval rules exclude each other: no role satisfies all of them${because}. Ask ` +
      'for a change of the rules.'
    )
  const operatorWay =
    accountId === null
      ? ' Whoever runs this installation can also make one by: npm run admin -- grant <e-mail>'
      : ''
  const roles =
    accountId === null
      ? nameRoles(['admin'])
      : nameRoles(rule.roles ?? ['approver', 'keyAdministrator', 'admin'])
  if (deciders.length === 0)
    return (
      `Nobody but you can decide about this: it takes someone else who is ${roles} ` +
      `${where}${because}. Ask an administrator to give somebody that role; who has it by a ` +
      `group counts from their first sign-in here.${operatorWay}`
    )
  if (rule.ownerMust && !deciders.some(({ isOwner }) => isOwner))
    return whyNoOwner(because, where, keyArn, owner)
  const count = pairUpFor(
    rule,
    deciders.map((decider) => ({
      ...decider,
      of: decider.delegateOf ?? { id: decider.personId, name: decider.name },
    })),
  ).length
  if (count >= rule.approvals) return null
  return (
    `This needs ${rule.approvals} approvals${because}, and only ${count} can be given: ` +
    `${deciders.map(({ name }) => name).join(', ')}. ` +
    'The identities of one person, and a person and their delegate, count once. Ask ' +
    `an administrator to make somebody else ${roles} ${where}.`
  )
}

function whyNoOwner(
  because: string,
  where: string,
  keyArn: string | null | undefined,
  owner: string | null | undefined,
): string {
  const wanted = `The key’s owner must approve this${because}`
  if (keyArn === null || owner === null)
    return (
      `${wanted}, and no owner of this key is known: its owner tag is not set or was not ` +
      'read yet, or two keys are touched that have different owners. Tag the key with its ' +
      'owner (a group or an e-mail), then ask again.'
    )
  return (
    `${wanted}, and ${owner ? `nobody of ${owner}` : 'no owner of it'} may decide ${where} ` +
    'besides you. Ask an administrator to give one of the owners a role that decides there, ' +
    'or to correct the tag.'
  )
}
