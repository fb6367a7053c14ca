import { compilePolicy, statementsFor } from '../policy/compile'
import { parsedPolicy } from './parsed'

/**
 * Tells whether whoever assumes a role can put tags of their own on the session. AssumeRole with
 * tags needs sts:TagSession in the role's trust policy (IAM, "Pass session tags in AWS STS"), and
 * "new session tags override existing assumed role or federated user tags with the same tag key".
 * null: the trust policy is not known, so they might.
 */
export function canTagSessions(trustPolicy: string | null): boolean {
  if (trustPolicy === null) return true
  // A trust policy has the form of a key policy: principals, and no need of a Resource.
  const document = parsedPolicy(trustPolicy, 'key')
  if (document.broken || document.root === null) return true
  const statements = statementsFor(compilePolicy(document), 'sts:tagsession')
  if (statements.some(({ source }) => source.unreadable !== null)) return true
  const isBarred = statements.some(
    ({ allows, principal, source }) =>
      !allows &&
      principal?.negated === false &&
      principal.anyone &&
      (source.conditions ?? []).length === 0,
  )
  return !isBarred && statements.some(({ allows }) => allows)
}
