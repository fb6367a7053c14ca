import type { PolicyInput } from '../policy/case'

export type PrincipalKind =
  | 'user'
  | 'role'
  | 'session'
  | 'account'
  | 'service'
  | 'anyone'
  | 'deleted'
  | 'other'

/**
 * Where a principal stands as seen from the key; `elsewhere`: in another account, of which the
 * asker is told no more.
 */
export type Nearness = 'account' | 'organization' | 'outside' | 'elsewhere' | 'aws' | 'anyone'

/**
 * A principal with everything we hold about what it can do. In the lists null is "not known to us"
 * (lib/policy/case.ts).
 */
export type PrincipalFacts = {
  /** ARN, service name, unique id of a deleted principal, or `*`. */
  id: string
  kind: PrincipalKind
  name: string
  accountId: string | null
  nearness: Nearness
  /** True where IAM of its account was read: an entity that is not found there does not exist. */
  connected: boolean
  identityPolicies: readonly PolicyInput[] | null | undefined
  permissionBoundaries: readonly PolicyInput[] | null | undefined
  serviceControlPolicies: readonly (readonly PolicyInput[] | null)[] | null | undefined
  /** What a person calls each policy of the lists above, by its place in them. */
  titles: { identityPolicies: readonly string[]; permissionBoundaries: readonly string[] }
  /** aws:PrincipalOrgID, aws:PrincipalTag/… as far as known, whatever the request. */
  context: Readonly<Record<string, string>>
  /**
   * Tags of a role that tags of its session can override: they stand only in a request that has no
   * others.
   */
  overridable?: Readonly<Record<string, string>>
}

/**
 * Returns the name a person knows an ARN by: the last part of its path; for an Identity Center role
 * its permission set.
 */
export function nameOfPrincipal(id: string): string {
  const sso =
    /:role\/aws-reserved\/sso\.amazonaws\.com\/(?:[^/]+\/)?AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(
      id,
    )
  if (sso?.[1]) return `${sso[1]} (permission set)`
  if (id === '*') return 'Anyone'
  const account = /^arn:[^:]+:iam::(\d{12}):root$/.exec(id)
  if (account?.[1]) return `Account ${account[1]}`
  const named =
    /^arn:[^:]+:(?:iam|sts)::\d{12}:(?:user|role|assumed-role|federated-user)\/(.+)$/.exec(id)
  return named?.[1]?.replace(/^.*\/(?=[^/]+$)/, id.includes(':assumed-role/') ? '$&' : '') ?? id
}

export const accountOfPrincipal = (id: string): string | null =>
  /^arn:[^:]+:(?:iam|sts)::(\d{12}):/.exec(id)?.[1] ?? (/^\d{12}$/.test(id) ? id : null)

/** Tells an id that IAM writes into a policy in place of a deleted principal: AIDA…, AROA… */
const isDeletedPrincipal = (id: string): boolean =>
  /^A(?:IDA|ROA|GPA|NPA|SIA|KIA)[A-Z0-9]{12,}(?::.*)?$/.test(id)

export function kindOfPrincipal(id: string): PrincipalKind {
  if (id === '*') return 'anyone'
  if (isDeletedPrincipal(id)) return 'deleted'
  if (/^\d{12}$/.test(id) || /^arn:[^:]+:iam::\d{12}:root$/.test(id)) return 'account'
  if (/^arn:[^:]+:iam::\d{12}:user\//.test(id)) return 'user'
  if (/^arn:[^:]+:iam::\d{12}:role\//.test(id)) return 'role'
  if (/^arn:[^:]+:sts::\d{12}:assumed-role\//.test(id)) return 'session'
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(id) ? 'service' : 'other'
}
