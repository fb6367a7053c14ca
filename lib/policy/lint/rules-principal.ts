import type { PolicyStatement, PrincipalValue } from '../document'
import { findElement } from './nodes'
import { findMeantService } from './service-principals'
import { enumerate, quote, type Linting } from './linting'
import { isWholeAccount, principalAccount } from './reach'

/** AWS's limit is the size of the policy; people lose count much earlier. */
const manyPrincipals = 20

export function lintPrincipals(lint: Linting): void {
  const allowed = new Set<string>()
  for (const statement of lint.document.statements) {
    const { principal, effect } = statement
    if (!principal) continue
    lintRepeated(lint, principal.values)
    for (const value of principal.values) {
      lintIneffective(lint, value)
      lintMistaken(lint, value)
      if (effect?.value === 'Allow' && !principal.negated && value.kind === 'AWS' && !value.anyone)
        allowed.add(value.value)
    }
    lintEmptyLists(lint, statement, principal)
  }
  if (allowed.size > manyPrincipals)
    lint.report(
      'TOO_MANY_PRINCIPALS',
      null,
      `The policy names ${allowed.size} principals (${enumerate([...allowed].sort(), 2)}): ` +
        'nobody can say at a glance who has access.',
      'Let a role stand for a group of uses, or delegate to the account and choose in IAM.',
    )
}

function lintRepeated(lint: Linting, values: readonly PrincipalValue[]): void {
  const seen = new Set<string>()
  const everyone = values.some(({ anyone }) => anyone)
  for (const value of values) {
    const name = isWholeAccount(value) ? principalAccount(value) : `${value.kind} ${value.value}`
    if (seen.has(name))
      lint.report(
        'REDUNDANT_PRINCIPAL',
        value,
        `${quote(value.value)} is named twice.`,
        'Remove one of the two.',
      )
    else if (everyone && !value.anyone && value.kind === 'AWS')
      lint.report(
        'REDUNDANT_PRINCIPAL',
        value,
        `"*" beside it is everyone: ${quote(value.value)} changes nothing.`,
        'Remove "*" if not everyone was meant.',
      )
    seen.add(name)
  }
}

/** Principals under whose name nobody calls KMS. */
function lintIneffective(lint: Linting, value: PrincipalValue): void {
  if (value.kind !== 'CanonicalUser' && value.kind !== 'Federated') return
  lint.report(
    'INEFFECTIVE_PRINCIPAL',
    value,
    value.kind === 'Federated'
      ? 'Federated identities call KMS as the role they assumed, never under the name of their provider.'
      : 'Canonical users are a thing of S3; KMS knows none.',
    'Name the role, user or account.',
  )
}

/** Principals that are probably not what was meant. */
function lintMistaken(lint: Linting, value: PrincipalValue): void {
  const meant = value.kind === 'Service' ? findMeantService(value.value) : null
  if (meant !== null)
    lint.report(
      'UNKNOWN_SERVICE_PRINCIPAL',
      value,
      `${quote(value.value)} is no service that is known.`,
      `Did you mean "${meant}"?`,
    )
  if (/^arn:[^:]+:sts::\d{12}:assumed-role\//.test(value.value))
    lint.report(
      'SESSION_AS_PRINCIPAL',
      value,
      `${quote(value.value)} is one session of a role: whoever assumes the role chooses the session's name.`,
      'Name the role.',
    )
}

function lintEmptyLists(
  lint: Linting,
  statement: PolicyStatement,
  { negated, path, values }: NonNullable<PolicyStatement['principal']>,
): void {
  const node = findElement(lint.document, statement, negated ? 'NotPrincipal' : 'Principal')
  if (node?.kind !== 'object' || values.length === 0) return
  for (const { name, value } of node.members) {
    if (value.kind !== 'array' || value.items.length > 0) continue
    lint.report(
      'EMPTY_ARRAY_PRINCIPAL',
      { path: `${path}.${name}`, span: { start: value.start, end: value.end } },
      `The list of ${name} principals is empty.`,
      'Remove it, or name principals.',
    )
  }
}
