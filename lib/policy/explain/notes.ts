import { uniqueIdPattern } from '../../kms/arn'
import type { PolicyStatement, PolicyType } from '../document'
import { findBound } from '../lint/bounds'
import { isWholeAccount, operationsOf, reachesKey } from '../lint/reach'
import type { What } from './what'
import type { Who } from './who'

/** What a reader of one sentence would not see. */
export function noteStatement(
  statement: PolicyStatement,
  type: PolicyType,
  who: Who,
  what: What,
): string[] {
  const { principal, action, resource } = statement
  if (!action || !resource)
    return type === 'key' ? ['KMS accepts such a statement and it has no effect.'] : []
  const notes: string[] = []
  if (type === 'key') notes.push(...noteReach(statement), ...noteOpen(statement, who))
  if (principal?.values.some(({ kind, value }) => kind === 'AWS' && uniqueIdPattern.test(value)))
    notes.push(
      'The deleted principal gets nothing from this, and neither does a new one of the same name.',
    )
  if (onlyLimits.has(type) && statement.effect?.value === 'Allow')
    notes.push('It gives nothing by itself: it is the most that other policies can give.')
  if (what.strange.length > 0) notes.push('Actions that KMS does not know have no effect.')
  if ((statement.conditions ?? []).length === 0 && statement.elements.Condition)
    notes.push('Its Condition is empty and asks for nothing.')
  return notes
}

const onlyLimits: ReadonlySet<PolicyType> = new Set(['scp', 'boundary', 'session', 'endpoint'])

/** How far a statement of a key policy lets others in. */
function noteOpen(statement: PolicyStatement, who: Who): string[] {
  const { principal, effect } = statement
  if (effect?.value !== 'Allow' || !principal) return []
  if (principal.negated) return ['Everyone in every AWS account but those listed is let in.']
  const notes: string[] = []
  if (principal.values.some(isWholeAccount))
    notes.push(
      'The account means its root user and, through it, IAM: which of its users and roles ' +
        'can do this, its IAM policies decide.',
    )
  if (who.everyone && !findBound(statement).bounded)
    notes.push('No condition says who may call: this is open to every AWS account.')
  return notes
}

function noteReach(statement: PolicyStatement): string[] {
  if (operationsOf(statement).size === 0)
    return ['None of its actions is one of KMS: it has no effect on the key.']
  return reachesKey(statement, undefined)
    ? []
    : ['Its Resource can never be a key: it has no effect. In a key policy, Resource is "*".']
}
