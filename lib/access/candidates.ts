import type { PolicyDocument } from '../policy/document'
import type { Grant } from '../policy/grants'
import { accountOfPrincipal } from './principal-facts'

/**
 * Returns everyone that the key's own documents speak of: ARNs, account roots, services, deleted
 * principals, `*`.
 */
export function namedBy(
  policy: PolicyDocument | null,
  grants: readonly Grant[] | null,
): Set<string> {
  const named = new Set<string>()
  for (const { principal } of policy?.statements ?? []) {
    // NotPrincipal with Allow means everyone else.
    if (principal?.negated) named.add('*')
    for (const { value, anyone, kind } of principal?.values ?? []) {
      if (anyone || value === '*') named.add('*')
      else if (kind === 'AWS' || kind === 'Service')
        named.add(/^\d{12}$/.test(value) ? `arn:aws:iam::${value}:root` : value)
    }
  }
  for (const grant of grants ?? []) {
    const grantee = grant.GranteePrincipal ?? grant.GranteeServicePrincipal
    if (grantee) named.add(grantee)
  }
  return named
}

/**
 * Returns the accounts whose IAM policies the key lets decide: its own by delegation, others by
 * trust, all of them by `*`.
 */
export function trustedAccounts(named: ReadonlySet<string>): Set<string> {
  return new Set(
    [...named].flatMap((id) => (id.endsWith(':root') ? (accountOfPrincipal(id) ?? []) : [])),
  )
}
