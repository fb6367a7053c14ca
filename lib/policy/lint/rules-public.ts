import type { PolicyStatement } from '../document'
import { findBound, sparesOnlyNamed } from './bounds'
import { quote, type Linting } from './linting'
import { isLive, operationsOf } from './reach'

/**
 * POL-01: a principal that is everyone, and no condition that says who. Judged by the
 * values, not by the names of keys.
 */
export function lintPublic(lint: Linting): void {
  const { statements } = lint.document
  const barring = statements.filter((statement) => isBarring(statement, lint.facts.keyArn))
  for (const statement of statements) {
    if (
      statement.effect?.value !== 'Allow' ||
      !statement.principal ||
      !isLive(statement, lint.facts.keyArn)
    )
      continue
    const { principal } = statement
    if (principal.negated)
      lint.report(
        'ALLOW_WITH_NOT_PRINCIPAL',
        principal,
        'Allow with NotPrincipal lets in everyone in the world but those listed, the anonymous too.',
        'List those who should have access in Principal.',
      )
    if (!letsEveryoneIn(statement)) continue
    const { bounded, loopholes } = findBound(statement)
    if (bounded || isBarred(statement, barring)) continue
    const whys = [...new Set(loopholes.map((one) => one.why))].slice(0, 4)
    const why = !statement.conditions?.length
      ? ' without a condition'
      : `, and no condition says who may call${whys.length > 0 ? `: ${whys.join('; ')}` : ''}`
    lint.report(
      'PUBLIC_ACCESS',
      principal,
      `Everyone in every AWS account${principal.negated ? ' but those listed' : ''} is ` +
        `allowed${why}. Whoever learns of the key can use ` +
        `it.`,
      'Name the principals, or add a condition on aws:PrincipalOrgID, aws:PrincipalAccount ' +
        'or kms:CallerAccount with exact values.',
    )
  }
}

function letsEveryoneIn({ principal }: PolicyStatement): boolean {
  return principal !== null && (principal.negated || principal.values.some(({ anyone }) => anyone))
}

/** A Deny for everyone but some who are named, as a data perimeter has it. */
function isBarring(statement: PolicyStatement, keyArn: string | undefined): boolean {
  if (statement.effect?.value !== 'Deny' || !statement.principal || !isLive(statement, keyArn))
    return false
  if (statement.principal.negated)
    return !statement.conditions?.length && !statement.principal.values.some(({ anyone }) => anyone)
  return (
    statement.principal.values.some(({ anyone }) => anyone) &&
    (!statement.conditions?.length || sparesOnlyNamed(statement))
  )
}

function isBarred(statement: PolicyStatement, barring: readonly PolicyStatement[]): boolean {
  const allowed = operationsOf(statement)
  return [...allowed].every((operation) =>
    barring.some((deny) => operationsOf(deny).has(operation)),
  )
}

/**
 * POL-08: a service acts for all its customers; only a condition says for whom it may use this key.
 */
export function lintServicePrincipals(lint: Linting): void {
  for (const statement of lint.document.statements) {
    if (
      statement.effect?.value !== 'Allow' ||
      statement.principal?.negated !== false ||
      !isLive(statement, lint.facts.keyArn)
    )
      continue
    const named = statement.principal.values.filter(({ kind }) => kind === 'Service')
    const [first] = named
    if (!first) continue
    if (findBound(statement).bounded || boundsByContext(statement)) continue
    lint.report(
      'RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL',
      named.length === 1 ? first : statement.principal,
      `${quote(first.value)} may use the key on behalf of any of its customers: one in ` +
        'another account can make the service use yours ' +
        `(confused deputy).`,
      'Add a condition on aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths.',
    )
  }
}

/**
 * CloudWatch Logs and others put the ARN of what they encrypt into the encryption context,
 * where a customer cannot forge it.
 */
function boundsByContext({ conditions }: PolicyStatement): boolean {
  return (conditions ?? []).some(
    ({ keyName, operator, values }) =>
      keyName.startsWith('kms:encryptioncontext:') &&
      !operator.negated &&
      !operator.ifExists &&
      operator.qualifier !== 'ForAllValues' &&
      operator.type !== 'Null' &&
      values.every(({ value }) => /(?:^|:)\d{12}(?::|$)/.test(value)),
  )
}
