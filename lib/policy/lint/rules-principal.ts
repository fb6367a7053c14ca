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
    const seen = new Set<string>()
    const everyone = principal.values.some(({ anyone }) => anyone)
    for (const value of principal.values) {
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
      if (effect?.value === 'Allow' && !principal.negated && value.kind === 'AWS' && !value.anyone)
        allowed.add(value.value)
      if (value.kind === 'CanonicalUser' || value.kind === 'Federated')
        lint.report(
          'INEFFECTIVE_PRINCIPAL',
          value,
          value.kind === 'Federated'
            ? 'Federated identities call KMS as the role they assumed, never under the name of their provider.'
            : 'Canonical users are a thing of S3; KMS knows none.',
          'Name the role, user or account.',
        )
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
    const node = findElement(
      lint.document,
      statement,
      principal.negated ? 'NotPrincipal' : 'Principal',
    )
    if (node?.kind === 'object' && principal.values.length > 0)
      for (const member of node.members) {
        if (member.value.kind === 'array' && member.value.items.length === 0)
          lint.report(
            'EMPTY_ARRAY_PRINCIPAL',
            {
              path: `${principal.path}.${member.name}`,
              span: { start: member.value.start, end: member.value.end },
            },
            `The list of ${member.name} principals is empty.`,
            'Remove it, or name principals.',
          )
      }
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
