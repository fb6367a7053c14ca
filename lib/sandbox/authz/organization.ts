import type { Caller } from '../call'
import type { Key, World } from '../world'
import { lineOf } from './context'
import { nameCaller } from './principals'
import { readPolicy } from './policy'
import { judge, statementApplies, type Question, type Verdict } from './statements'

/**
 * Service control policies bind the member accounts' principals, their root too; not
 * service-linked roles. null: none bind.
 */
export function judgeServiceControl(
  world: World,
  caller: Caller,
  question: Question,
): Verdict | null {
  if (isServiceLinked(caller)) return null
  return judgeLevels(levelsOf(world, caller.accountId, 'SERVICE_CONTROL_POLICY'), (documents) =>
    judge(documents, question),
  )
}

/**
 * Resource control policies bind the member accounts' resources whoever calls. Exempt: AWS managed
 * keys, service-linked roles, kms:RetireGrant (aws-facts 4.3).
 */
export function judgeResourceControl(
  world: World,
  caller: Caller,
  key: Key | null,
  accountId: string,
  question: Question,
): Verdict | null {
  if (isServiceLinked(caller) || key?.manager === 'AWS' || question.action === 'kms:RetireGrant')
    return null
  return judgeLevels(levelsOf(world, accountId, 'RESOURCE_CONTROL_POLICY'), (documents) =>
    judgeWithPrincipals(documents, caller, question),
  )
}

function isServiceLinked(caller: Caller): boolean {
  return caller.entityArn.includes(':role/aws-service-role/')
}

/**
 * Documents attached at the root, each unit and the account, from the top; a level without
 * any of the type is left out.
 */
function levelsOf(
  world: World,
  accountId: string,
  type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY',
): string[][] {
  const { organization } = world
  if (!organization?.parentOf.has(accountId) || accountId === organization.managementAccountId)
    return []
  return lineOf(organization, accountId)
    .map((target) =>
      (organization.attachments.get(target) ?? []).flatMap((id) => {
        const policy = organization.policies.get(id)
        return policy?.type === type ? [policy.content] : []
      }),
    )
    .filter((documents) => documents.length > 0)
}

/** Every level must allow, and none deny. */
function judgeLevels(
  levels: string[][],
  judgeOne: (documents: string[]) => Verdict,
): Verdict | null {
  if (levels.length === 0) return null
  const verdicts = levels.map(judgeOne)
  if (verdicts.includes('deny')) return 'deny'
  return verdicts.every((verdict) => verdict === 'allow') ? 'allow' : 'none'
}

function judgeWithPrincipals(documents: string[], caller: Caller, question: Question): Verdict {
  let verdict: Verdict = 'none'
  for (const document of documents) {
    const policy = readPolicy(document)
    for (const statement of policy?.statements ?? []) {
      if (
        !policy ||
        nameCaller(statement.principals, caller) === 'none' ||
        !statementApplies(statement, policy, question, true)
      )
        continue
      if (statement.effect === 'Deny') return 'deny'
      verdict = 'allow'
    }
  }
  return verdict
}
