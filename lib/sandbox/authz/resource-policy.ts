import type { Caller } from '../call'
import { readPolicy } from './policy'
import { nameCaller, type Naming } from './principals'
import { statementApplies, type Question } from './statements'

/**
 * What a key policy or a trust policy says about the caller: a deny, or by which names it allows.
 */
export type ResourceVerdict = { denies: boolean; allows: Set<Naming> }

/** `needsResource`: key policies name one (`*`), trust policies none. */
export function judgeResourcePolicy(
  document: string,
  caller: Caller,
  question: Question,
  needsResource: boolean,
): ResourceVerdict {
  const verdict: ResourceVerdict = { denies: false, allows: new Set() }
  const policy = readPolicy(document)
  for (const statement of policy?.statements ?? []) {
    if (!policy) break
    const naming = nameCaller(statement.principals, caller)
    if (naming === 'none' || !statementApplies(statement, policy, question, needsResource)) continue
    if (statement.effect === 'Deny') verdict.denies = true
    else verdict.allows.add(naming)
  }
  return verdict
}
