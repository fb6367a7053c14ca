import type { PolicyDocument } from '../document'
import { grammarOf } from '../grammar'
import { findOwnAccount } from '../lint/own-account'
import { allowsOperation, isWholeAccount } from '../lint/reach'
import { capitalize } from './phrases'

/** The policy as a whole, in a few sentences. */
export function sayPolicy(document: PolicyDocument): string[] {
  const { statements, type, problems } = document
  const [allows, denies] = (['Allow', 'Deny'] as const).map(
    (effect) => statements.filter((one) => one.effect?.value === effect).length,
  )
  const count = statements.length === 1 ? 'one statement' : `${statements.length} statements`
  const lines = [
    `${capitalize(grammarOf(type).name)} of ${count}: ${allows ?? 0} allow, ${denies ?? 0} deny.`,
  ]
  const refused = problems.filter(({ severity }) => severity === 'error').length
  if (refused > 0)
    lines.push(`It would be refused: ${refused === 1 ? 'one error' : `${refused} errors`}.`)
  if (type === 'key' && statements.length > 0) lines.push(sayDelegation(document))
  return lines
}

function sayDelegation(document: PolicyDocument): string {
  const delegating = document.statements.some(
    (statement) =>
      allowsOperation(statement, 'putkeypolicy') &&
      statement.principal?.negated === false &&
      statement.principal.values.some(isWholeAccount),
  )
  const own = findOwnAccount(document, {})
  const account = own ? `account ${own.id}` : 'the account'
  return delegating
    ? `IAM policies of ${account} count: those whom they allow can do with the key what its account may.`
    : "No statement lets the key's account as a whole administer it: IAM policies alone " +
        'cannot give that, only this policy and grants.'
}
