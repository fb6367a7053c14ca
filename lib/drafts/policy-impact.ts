import type { KeyFacts } from '../access/key-facts'
import { mostPolicyBytes } from '../kms/policy-size'
import type { PrincipalFacts } from '../access/principal-facts'
import type { PolicyDocument } from '../policy/document'
import { compareAccess, type AccessImpact } from './compare'
import { findKeyAdministrators, type KeyAdministrators, type OwnRoles } from './key-administrators'

export type PolicyImpact = {
  /** Why KMS would not take the document at all, in the order one would mend it. */
  refusals: string[]
  /** null: the document cannot be read, so what it would do is not known. */
  keyAdministrators: KeyAdministrators | null
  /** null: the draft or the policy of today cannot be read. */
  accessImpact: AccessImpact | null
}

/** Accounts whose IAM was read, and the users and roles that were in it. */
type Existing = { accounts: ReadonlySet<string>; entities: { has: (arn: string) => boolean } }
type Around = {
  key: KeyFacts
  principals: readonly PrincipalFacts[]
  own: OwnRoles
  existing: Existing
}

/**
 * What would change if the draft became the key's policy, all else as it was read; as far as there
 * is time for it.
 */
export async function analyzePolicyImpact(
  { key, principals, own, existing }: Around,
  draft: PolicyDocument,
  until = Infinity,
): Promise<PolicyImpact> {
  const refusals = listRefusals(draft, key.policy, existing)
  if (draft.broken || draft.root === null)
    return { refusals, keyAdministrators: null, accessImpact: null }
  const after = { ...key, policy: draft }
  const isLiving = (id: string) =>
    !existing.accounts.has(key.accountId) || existing.entities.has(id)
  return {
    refusals,
    keyAdministrators: await findKeyAdministrators(
      { before: key, after, isLiving },
      principals,
      own,
      until,
    ),
    accessImpact:
      key.policy && !key.policy.broken ? await compareAccess(key, after, principals, until) : null,
  }
}

function listRefusals(
  draft: PolicyDocument,
  today: PolicyDocument | null,
  existing: Existing,
): string[] {
  const bytes = new TextEncoder().encode(draft.text).length
  const errors = draft.problems.filter(({ severity }) => severity === 'error')
  const missing = listMissing(draft, today, existing)
  return [
    ...(bytes > mostPolicyBytes
      ? [
          `It has ${bytes.toLocaleString('en')} bytes; KMS takes ${mostPolicyBytes.toLocaleString('en')}.`,
        ]
      : []),
    ...errors.slice(0, 20).map(({ message, range }) => `Line ${range.start.line}: ${message}`),
    ...missing
      .slice(0, 20)
      .map(
        (arn) =>
          `${arn} does not exist as far as IAM was read: KMS refuses a policy that names who is not there.`,
      ),
    ...(missing.length > 20
      ? [`${missing.length - 20} more users and roles that it names do not exist.`]
      : []),
  ]
}

/**
 * Users and roles that the draft names anew in accounts whose IAM was read, and that are not in it.
 * What today's policy names was there: AWS shows a deleted principal by its unique id.
 */
function listMissing(
  draft: PolicyDocument,
  today: PolicyDocument | null,
  { accounts, entities }: Existing,
): string[] {
  const named = (document: PolicyDocument | null) =>
    document?.statements.flatMap(({ principal }) => principal?.values ?? []) ?? []
  const known = new Set(named(today).map(({ value }) => value))
  const missing = named(draft).filter(({ kind, value }) => {
    const account =
      kind === 'AWS' && !known.has(value)
        ? /^arn:[^:]+:iam::(\d{12}):(?:user|role)\/[^*?$]+$/.exec(value)?.[1]
        : undefined
    return account !== undefined && accounts.has(account) && !entities.has(value)
  })
  return [...new Set(missing.map(({ value }) => value))]
}
