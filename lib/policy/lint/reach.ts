import { accountPattern, parseArn, splitArn } from '../arn'
import type { ListElement, PolicyStatement, PrincipalValue } from '../document'
import { compileArn, compilePattern, markWildcards, matchArn, matchPattern } from '../match'
import { kmsActions } from './kms'

const operations = new WeakMap<ListElement, ReadonlySet<string>>()

/** KMS operations (lower case, without prefix) that Action or NotAction covers. */
export function operationsOf(statement: PolicyStatement): ReadonlySet<string> {
  if (!statement.action) return new Set()
  let found = operations.get(statement.action)
  if (!found) {
    const { values, negated } = statement.action
    const patterns = values.map(({ value }) => compilePattern(markWildcards(value.toLowerCase())))
    found = new Set(kmsActions.filter(
      ({ operation }) => patterns.some((pattern) => matchPattern(pattern, `kms:${operation}`)) !== negated,
    ).map(({ operation }) => operation))
    operations.set(statement.action, found)
  }
  return found
}

/** Operations that one value of Action covers. */
export function operationsMatching(value: string): string[] {
  const pattern = compilePattern(markWildcards(value.toLowerCase()))
  return kmsActions.filter(({ operation }) => matchPattern(pattern, `kms:${operation}`)).map(({ operation }) => operation)
}

/** Whether the Resource of a statement of a key policy can be the key; any key, where it is not known which. */
export function reachesKey({ resource }: PolicyStatement, keyArn: string | undefined): boolean {
  if (!resource) return false
  const matches = resource.values.some(({ value }) => couldBeKey(value, keyArn))
  return resource.negated ? !resource.values.some(({ value }) => value === '*') && !(keyArn !== undefined && matches) : matches
}

export function couldBeKey(value: string, keyArn: string | undefined): boolean {
  if (value === '*' || value.includes('${')) return true
  if (keyArn !== undefined) return matchArn(compileArn(markWildcards(value)), splitArn(keyArn))
  const parts = value.split(':')
  if (parts[0] !== 'arn' && !/^[*?]/.test(parts[0] ?? '')) return false
  if (parts.length < 6) return value.endsWith('*')
  return /^(?:kms|[*?]+|k.*[*?].*)$/.test(parts[2] ?? '') && /^(?:key\/.|[*?]|k[ey/]*[*?])/.test(parts.slice(5).join(':'))
}

/** A statement that does something: readable, and with Action and Resource that reach the key. */
export function isLive(statement: PolicyStatement, keyArn: string | undefined): boolean {
  return statement.unreadable === null && statement.effect !== null && operationsOf(statement).size > 0 && reachesKey(statement, keyArn)
}

export function allowsOperation(statement: PolicyStatement, operation: string, keyArn?: string): boolean {
  return statement.effect?.value === 'Allow' && isLive(statement, keyArn) && operationsOf(statement).has(operation)
}

/** Account that a principal of kind AWS belongs to; '' for everyone, services and deleted principals. */
export function principalAccount({ kind, value, anyone }: PrincipalValue): string {
  if (kind !== 'AWS' || anyone) return ''
  if (accountPattern.test(value)) return value
  const account = parseArn(value)?.account ?? ''
  return accountPattern.test(account) ? account : ''
}

/** The account itself, which trusts all that its IAM policies allow. */
export function isWholeAccount({ kind, value }: PrincipalValue): boolean {
  return kind === 'AWS' && (accountPattern.test(value) || /^arn:[^:]+:iam::\d{12}:root$/.test(value))
}
