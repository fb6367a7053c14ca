import { boundsGrants } from './rules-external'
import type { PolicyStatement } from '../document'
import { kmsActions } from './kms'
import type { Linting } from './linting'
import { operationsOf } from './reach'

/**
 * IAM-01 to IAM-04: what an identity policy allows on all keys. Boundaries and SCPs only
 * limit, and are not judged here.
 */
export function lintAllKeys(lint: Linting): void {
  for (const statement of lint.document.statements) {
    const { effect, action, conditions } = statement
    if (
      effect?.value !== 'Allow' ||
      !action ||
      statement.unreadable !== null ||
      !reachesAllKeys(statement)
    )
      continue
    const operations = operationsOf(statement)
    const narrowed = (conditions ?? []).length > 0
    if (operations.size === kmsActions.length) {
      lint.report(
        'FULL_ACCESS_TO_KMS',
        action,
        'This allows every action of KMS on every ' +
          `key${narrowed ? ', under a condition' : ''}: to read, to hand on and to destroy.`,
        'List the actions and the keys that are needed.',
        narrowed ? 'suggestion' : 'security-warning',
      )
      continue
    }
    if (operations.has('decrypt') || operations.has('reencryptfrom'))
      lint.report(
        'DECRYPT_ON_ALL_KEYS',
        action,
        "This allows to decrypt with every key that trusts its account's IAM " +
          `policies${narrowed ? ', under a condition' : ''}.`,
        'Name the keys in Resource.',
        narrowed ? 'suggestion' : 'warning',
      )
    if (operations.has('creategrant') && !boundsGrants(conditions))
      lint.report(
        'CREATE_GRANT_NOT_BOUND',
        action,
        'This allows to grant every operation on every key to anyone.',
        'Name the keys, and add Bool kms:GrantIsForAWSResource ' + '"true".',
        'warning',
      )
  }
}

function reachesAllKeys({ resource }: PolicyStatement): boolean {
  if (!resource) return false
  if (resource.negated) return true
  return resource.values.some(
    ({ value }) =>
      value === '*' ||
      /^arn:[^:]*:(?:kms|\*):[^:]*:[^:]*:(?:\*|key\/\*)$/.test(value) ||
      /^arn:[^:]*:(?:kms|\*)?:?\*$/.test(value),
  )
}
