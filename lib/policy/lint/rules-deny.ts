import { parseArn } from '../../kms/arn'
import type { PolicyCondition, PolicyStatement } from '../document'
import { enumerate, quote, type Linting } from './linting'
import { isWholeAccount, principalAccount } from './reach'

/** Denies that spare others than they seem to. */
export function lintDenies(lint: Linting): void {
  for (const statement of lint.document.statements) {
    if (statement.effect?.value !== 'Deny' || statement.unreadable !== null) continue
    lintException(lint, statement)
    for (const condition of statement.conditions ?? []) lintMfa(lint, condition)
  }
}

/**
 * IAM, "NotPrincipal": beside a user or role its account must be listed, and
 * beside a session its role too.
 */
function lintException(lint: Linting, { principal }: PolicyStatement): void {
  // Where everyone is named, nobody is left out.
  if (!principal?.negated || principal.values.some(({ anyone }) => anyone)) return
  const accounts = new Set(principal.values.filter(isWholeAccount).map(principalAccount))
  const missing = new Set<string>()
  for (const value of principal.values) {
    const account = principalAccount(value)
    if (account === '') continue
    const partition = parseArn(value.value)?.partition ?? 'aws'
    if (!accounts.has(account)) missing.add(`arn:${partition}:iam::${account}:root`)
    const role = /^arn:[^:]+:sts::\d{12}:assumed-role\/([^/]+)\//.exec(value.value)?.[1]
    const isListed = principal.values.some((other) =>
      new RegExp(`:iam::${account}:role/(?:.*/)?${escape(role ?? '')}$`).test(other.value),
    )
    if (role !== undefined && !isListed) missing.add(`the role ${role}`)
  }
  if (missing.size > 0)
    lint.report(
      'DENY_WITH_INCOMPLETE_NOT_PRINCIPAL',
      principal,
      `The Deny spares principals without ${enumerate([...missing].sort())}: AWS says that it might deny them too.`,
      'List the account (and of a session the role) in NotPrincipal too, or use Principal ' +
        '"*" with ArnNotLike aws:PrincipalArn.',
    )
}

const escape = (text: string): string => text.replace(/[.+*?^${}()|[\]\\/]/g, '\\$&')

/**
 * IAM, "aws:MultiFactorAuthPresent": requests with long-term credentials do not have the key at
 * all.
 */
function lintMfa(
  lint: Linting,
  { operator, keyName, path, keySpan, values }: PolicyCondition,
): void {
  if (keyName !== 'aws:multifactorauthpresent' || operator.name !== 'Bool' || operator.ifExists)
    return
  if (!values.some(({ value }) => value.toLowerCase() === 'false')) return
  lint.report(
    'MFA_DENY_WITHOUT_IF_EXISTS',
    { path, span: keySpan },
    `Access keys of users bring no ${quote('aws:MultiFactorAuthPresent')}, so this does not ` +
      'deny them: they pass without ' +
      'multi-factor authentication.',
    'Use BoolIfExists.',
  )
}
