import { conditionsHold } from './conditions'
import { fillVariables, matchesGlob, type Lookup } from './patterns'
import { readPolicy, type Policy, type Statement } from './policy'

/** What a request is about, for one statement after another. */
export type Question = { action: string; resourceArn: string; lookup: Lookup }

/**
 * Whether the statement speaks of this request, principals aside. Without a Resource it is
 * inert where `needsResource`.
 */
export function statementApplies(
  statement: Statement,
  policy: Policy,
  question: Question,
  needsResource: boolean,
): boolean {
  const { action, resourceArn, lookup } = question
  const lowerAction = action.toLowerCase()
  if (statement.actions.patterns.length === 0) return false
  if (
    statement.actions.patterns.some((pattern) => matchesGlob(pattern, lowerAction)) ===
    statement.actions.not
  )
    return false
  if (
    statement.resources
      ? !resourceApplies(statement.resources, policy, resourceArn, lookup)
      : needsResource
  )
    return false
  return conditionsHold(statement.conditions, lookup, policy.variables)
}

function resourceApplies(
  resources: { not: boolean; patterns: string[] },
  policy: Policy,
  resourceArn: string,
  lookup: Lookup,
): boolean {
  const found = resources.patterns.some((pattern) => {
    const filled = policy.variables ? fillVariables(pattern, lookup) : pattern
    return filled !== null && matchesGlob(filled, resourceArn)
  })
  return found !== resources.not
}

export type Verdict = 'deny' | 'allow' | 'none'

/**
 * What a set of policies without principals says: one deny is a deny, order means nothing. A
 * document that is none says nothing.
 */
export function judge(documents: Iterable<string>, question: Question): Verdict {
  let verdict: Verdict = 'none'
  for (const document of documents) {
    const policy = readPolicy(document)
    for (const statement of policy?.statements ?? []) {
      if (!policy || !statementApplies(statement, policy, question, true)) continue
      if (statement.effect === 'Deny') return 'deny'
      verdict = 'allow'
    }
  }
  return verdict
}
