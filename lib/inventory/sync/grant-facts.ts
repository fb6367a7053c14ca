import type { GrantListEntry } from '@aws-sdk/client-kms'
import { splitArn } from '../../kms/arn'

export type GrantRow = ReturnType<typeof readGrant>

/** Returns a grant of ListGrants as a row. A grant without a name comes with an empty one. Pure. */
export function readGrant(keyArn: string, grant: GrantListEntry, observedAt: string) {
  const [, , , region = '', accountId = ''] = splitArn(keyArn)
  return {
    keyArn,
    grantId: grant.GrantId ?? '',
    accountId,
    region,
    name: grant.Name || null,
    createdAt: grant.CreationDate ?? null,
    granteePrincipal: grant.GranteePrincipal ?? null,
    granteeServicePrincipal: grant.GranteeServicePrincipal ?? null,
    retiringPrincipal: grant.RetiringPrincipal ?? null,
    retiringServicePrincipal: grant.RetiringServicePrincipal ?? null,
    issuingAccount: grant.IssuingAccount ?? null,
    operations: grant.Operations ?? [],
    constraints: grant.Constraints ?? null,
    issuerClass: issuerClassOf(grant),
    granteeAccountId: accountOf(grant.GranteePrincipal),
    observedAt,
  }
}

/**
 * Tells whether an AWS service made the grant for itself: services name themselves in the newer
 * field, in the older one, or are a service-linked role; EC2 acts for an instance as a session of
 * `aws:ec2-infrastructure`, a name that no role of a customer can have. Whether Claviger made it is
 * not read here: lib/grants joins the changes.
 */
export function issuerClassOf(
  grant: Pick<GrantListEntry, 'GranteeServicePrincipal' | 'GranteePrincipal'>,
): 'awsService' | 'human' {
  const grantee = grant.GranteePrincipal ?? ''
  const isService =
    grant.GranteeServicePrincipal !== undefined ||
    /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(grantee) ||
    /:role\/aws-service-role\/|:assumed-role\/aws:/.test(grantee)
  return isService ? 'awsService' : 'human'
}

/**
 * Returns the account of a principal: that of its ARN, or the 12 digits that stand for a whole
 * account; null for a service or a deleted principal's id.
 */
export function accountOf(principal: string | undefined): string | null {
  if (principal === undefined) return null
  if (/^\d{12}$/.test(principal)) return principal
  return /^arn:[^:]+:(?:iam|sts)::(\d{12}):/.exec(principal)?.[1] ?? null
}
