import type { PolicyStatement, PrincipalValue } from '../document'
import { boundsGrants } from './rules-external'
import { isLive, isWholeAccount, operationsMatching, operationsOf, principalAccount } from './reach'
import type { Linting } from './linting'

const administering = ['putkeypolicy', 'schedulekeydeletion', 'disablekey']
const using = [
  'decrypt',
  'encrypt',
  'generatedatakey',
  'reencryptfrom',
  'sign',
  'generatemac',
  'derivesharedsecret',
  'decapsulate',
]

function liveAllows(lint: Linting): PolicyStatement[] {
  return lint.document.statements.filter(
    (statement) =>
      statement.effect?.value === 'Allow' &&
      statement.principal?.negated === false &&
      isLive(statement, lint.facts.keyArn),
  )
}

/** Users and roles of the key's own account: from others administering has no effect. */
function isPerson(lint: Linting, value: PrincipalValue): boolean {
  return (
    value.kind === 'AWS' &&
    !value.anyone &&
    !isWholeAccount(value) &&
    (lint.own === null || principalAccount(value) === lint.own.id)
  )
}

/** POL-04. What the policy itself says; IAM may join what it keeps apart. */
export function lintDuties(lint: Linting): void {
  const administrators = new Set<string>()
  const users = new Map<string, PrincipalValue>()
  for (const statement of liveAllows(lint)) {
    const operations = operationsOf(statement)
    for (const value of statement.principal?.values ?? []) {
      if (!isPerson(lint, value)) continue
      if (administering.some((operation) => operations.has(operation)))
        administrators.add(value.value)
      if (using.some((operation) => operations.has(operation)) && !users.has(value.value))
        users.set(value.value, value)
    }
  }
  for (const [name, value] of users)
    if (administrators.has(name))
      lint.report(
        'SEPARATION_OF_DUTIES',
        value,
        `${name} both administers the key and uses it: one set of stolen credentials reads ` +
          'the data and changes who else may.',
        'Let one principal administer the key and another use it.',
      )
}

/**
 * IAM-04 in a key policy: who may make grants may hand out every operation, those
 * it does not have among them.
 */
export function lintGrants(lint: Linting): void {
  for (const statement of liveAllows(lint)) {
    if (!operationsOf(statement).has('creategrant') || boundsGrants(statement.conditions)) continue
    const named =
      statement.action?.negated === false &&
      statement.action.values.find(({ value }) => {
        const covered = operationsMatching(value)
        return covered.includes('creategrant') && covered.length < 10
      })
    // kms:* says that everything is meant; the others come with the statement
    // and are seldom thought of.
    if (!named || !statement.principal?.values.some((value) => isPerson(lint, value))) continue
    lint.report(
      'CREATE_GRANT_NOT_BOUND',
      named,
      'Without a condition kms:CreateGrant lets its holder grant every operation on the key to anyone.',
      'Add Bool kms:GrantIsForAWSResource "true", or a condition on kms:GrantOperations or kms:GranteePrincipal.',
    )
  }
}
