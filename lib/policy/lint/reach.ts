import { accountPattern, parseArn, splitArn } from '../../kms/arn'
import type { ListElement, PolicyStatement, PrincipalValue } from '../document'
import { compilePattern, compileResource, markWildcards, matchArn, matchPattern } from '../match'
import { kmsActions } from './kms'

const operations = new WeakMap<ListElement, ReadonlySet<string>>()

/** KMS operations (lower case, without prefix) that Action or NotAction covers. */
export function operationsOf(statement: PolicyStatement): ReadonlySet<string> {
  if (!statement.action) return new Set()
  let found = operations.get(statement.action)
  if (!found) {
    const { values, negated } = statement.action
    const covered = new Set(values.flatMap(({ value }) => operationsMatching(value)))
    found = negated
      ? new Set(
          kmsActions
            .map(({ operation }) => operation)
            .filter((operation) => !covered.has(operation)),
        )
      : covered
    operations.set(statement.action, found)
  }
  return found
}

const matching = new Map<string, readonly string[]>()

/** Operations that one value of Action covers. Policies say the same few values again and again. */
export function operationsMatching(value: string): readonly string[] {
  const text = value.toLowerCase()
  let found = matching.get(text)
  if (!found) {
    const pattern = compilePattern(markWildcards(text))
    found = kmsActions
      .filter(({ operation }) => matchPattern(pattern, `kms:${operation}`))
      .map(({ operation }) => operation)
    // Hostile text must not grow the table without end.
    if (matching.size >= 2000) matching.clear()
    matching.set(text, found)
  }
  return found
}

/**
 * Whether the Resource of a statement of a key policy can be the key; any key,
 * where it is not known which.
 */
export function reachesKey({ resource }: PolicyStatement, keyArn: string | undefined): boolean {
  if (!resource) return false
  const matches = resource.values.some(({ value }) => couldBeKey(value, keyArn))
  return resource.negated
    ? !resource.values.some(({ value }) => value === '*') && !(keyArn !== undefined && matches)
    : matches
}

export function couldBeKey(value: string, keyArn: string | undefined): boolean {
  if (value === '*' || value.includes('${')) return true
  if (keyArn !== undefined) {
    const { arn, loose } = compileResource(markWildcards(value))
    return matchArn(arn, splitArn(keyArn)) || (loose !== null && matchPattern(loose, keyArn))
  }
  const parts = value.split(':')
  if (parts[0] !== 'arn' && !/^[*?]/.test(parts[0] ?? '')) return false
  if (parts.length < 6) return value.endsWith('*')
  return (
    /^(?:kms|[*?]+|k.*[*?].*)$/.test(parts[2] ?? '') &&
    /^(?:key\/.|[*?]|k[ey/]*[*?])/.test(parts.slice(5).join(':'))
  )
}

/** A statement that does something: readable, and with Action and Resource that reach the key. */
export function isLive(statement: PolicyStatement, keyArn: string | undefined): boolean {
  return (
    statement.unreadable === null &&
    statement.effect !== null &&
    operationsOf(statement).size > 0 &&
    reachesKey(statement, keyArn)
  )
}

export function allowsOperation(
  statement: PolicyStatement,
  operation: string,
  keyArn?: string,
): boolean {
  return (
    statement.effect?.value === 'Allow' &&
    isLive(statement, keyArn) &&
    operationsOf(statement).has(operation)
  )
}

/**
 * Account that a principal of kind AWS belongs to; '' for everyone,
 * services and deleted principals.
 */
export function principalAccount({ kind, value, anyone }: PrincipalValue): string {
  if (kind !== 'AWS' || anyone) return ''
  if (accountPattern.test(value)) return value
  const account = parseArn(value)?.account ?? ''
  return accountPattern.test(account) ? account : ''
}

/** The account itself, which trusts all that its IAM policies allow. */
export function isWholeAccount({ kind, value }: PrincipalValue): boolean {
  return (
    kind === 'AWS' && (accountPattern.test(value) || /^arn:[^:]+:iam::\d{12}:root$/.test(value))
  )
}
