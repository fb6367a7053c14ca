import 'server-only'
import { ListGrantsCommand, type GrantConstraints, type GrantListEntry } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { AwsProblem } from '../../../aws/errors'
import { issuerClassOf } from '../../../inventory/sync/grant-facts'
import type { Place, AwsReader } from '../kind'
import { keyArnOf } from './describe'

const pairs = z.record(z.string(), z.string())

/**
 * A grant as ListGrants gives it, in one form: null for what is absent, sets in order.
 * AWS has no way to alter one.
 */
export const foundGrant = z.object({
  grantId: z.string(),
  name: z.string().nullable(),
  createdAt: z.string().nullable(),
  granteePrincipal: z.string().nullable(),
  granteeServicePrincipal: z.string().nullable(),
  retiringPrincipal: z.string().nullable(),
  retiringServicePrincipal: z.string().nullable(),
  issuingAccount: z.string().nullable(),
  operations: z.array(z.string()),
  constraints: z
    .object({
      EncryptionContextSubset: pairs.optional(),
      EncryptionContextEquals: pairs.optional(),
      SourceArn: z.string().optional(),
    })
    .nullable(),
  issuerClass: z.enum(['awsService', 'human']),
})
export type FoundGrant = z.output<typeof foundGrant>

/**
 * Returns one grant of the key; null when KMS lists none such. By id it is one call. By name, which
 * KMS cannot look for (lib/kms/README.md, "Grants"), all grants are read, or those of
 * `granteePrincipal` where it is given. Throws AwsProblem.
 */
export async function findGrant(
  read: AwsReader,
  place: Place,
  {
    grantId,
    name,
    granteePrincipal,
  }: { grantId: string | null; name?: string; granteePrincipal?: string | null },
): Promise<FoundGrant | null> {
  if (grantId !== null)
    return (
      (await listPage(read, place, { GrantId: grantId })).grants
        .map(toFound)
        .find((grant) => grant.grantId === grantId) ?? null
    )
  let marker: string | undefined
  do {
    const { grants, next } = await listPage(read, place, {
      GranteePrincipal: granteePrincipal ?? undefined,
      Marker: marker,
      Limit: 100,
    })
    const found = grants.find((grant) => grant.Name === name)
    if (found) return toFound(found)
    marker = next
  } while (marker !== undefined)
  return null
}

type Filter = { GrantId?: string; GranteePrincipal?: string; Marker?: string; Limit?: number }

async function listPage(
  read: AwsReader,
  place: Place,
  filter: Filter,
): Promise<{ grants: GrantListEntry[]; next: string | undefined }> {
  try {
    const {
      Grants = [],
      NextMarker,
      Truncated,
    } = await read.kms('kms:ListGrants', (kms) =>
      kms.send(new ListGrantsCommand({ KeyId: keyArnOf(place), ...filter })),
    )
    return { grants: Grants, next: Truncated ? NextMarker : undefined }
  } catch (error) {
    // Whether it is the grant or the whole key that is not there: the grant is not.
    if (
      filter.GrantId !== undefined &&
      error instanceof AwsProblem &&
      error.code === 'NotFoundException'
    )
      return { grants: [], next: undefined }
    throw error
  }
}

/** The constraints that are set; null where none is. */
function constraintsOf({
  EncryptionContextSubset,
  EncryptionContextEquals,
  SourceArn,
}: GrantConstraints): FoundGrant['constraints'] {
  const constraints = {
    ...(EncryptionContextSubset ? { EncryptionContextSubset } : {}),
    ...(EncryptionContextEquals ? { EncryptionContextEquals } : {}),
    ...(SourceArn === undefined ? {} : { SourceArn }),
  }
  return Object.keys(constraints).length > 0 ? constraints : null
}

function toFound(grant: GrantListEntry): FoundGrant {
  return {
    grantId: grant.GrantId ?? '',
    name: grant.Name || null,
    createdAt: grant.CreationDate?.toISOString() ?? null,
    granteePrincipal: grant.GranteePrincipal ?? null,
    granteeServicePrincipal: grant.GranteeServicePrincipal ?? null,
    retiringPrincipal: grant.RetiringPrincipal ?? null,
    retiringServicePrincipal: grant.RetiringServicePrincipal ?? null,
    issuingAccount: grant.IssuingAccount ?? null,
    operations: [...(grant.Operations ?? [])].sort(),
    constraints: constraintsOf(grant.Constraints ?? {}),
    issuerClass: issuerClassOf(grant),
  }
}
