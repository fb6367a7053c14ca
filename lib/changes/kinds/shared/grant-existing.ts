/** What the kinds about a grant that exists have in common. */
import 'server-only'
import { z } from 'zod'
import type { Impact, Place, AwsReader } from '../kind'
import type { Risk } from '../../rules/rule'
import { findGrant, foundGrant, type FoundGrant } from './grant-read'

export const existingState = z.object({ grant: foundGrant.nullable() })
export type ExistingState = z.output<typeof existingState>

/** 1 to 128 characters, in practice 64 of hex (lib/kms/README.md, "Calls and errors"). */
export const grantId = z
  .string()
  .trim()
  .min(1, 'Say which grant.')
  .max(128, 'The id of a grant has at most 128 characters.')
  .regex(/^[\w-]+$/, 'This is no id of a grant.')

/** Reads the grant by its id; null in it when KMS lists none such. Throws AwsProblem. */
export async function readExisting(
  read: AwsReader,
  place: Place,
  id: string,
): Promise<ExistingState> {
  return { grant: await findGrant(read, place, { grantId: id }) }
}

export const goneWords = 'AWS lists no such grant on this key: it is gone already.'

/** Returns who the grant is for, or as much of it as is known. */
export function granteeOfFound(grant: FoundGrant | null): string {
  return grant?.granteePrincipal ?? grant?.granteeServicePrincipal ?? 'an unknown grantee'
}

/** The shortest that still tells grants apart, for titles. */
export const shortId = (id: string): string => (id.length > 12 ? `${id.slice(0, 12)}…` : id)

/** Says what ending this grant does, and what it leaves: grants that its holder made from it. */
export function describeEndImpact(grant: FoundGrant | null): Impact {
  if (!grant) return { effects: [goneWords], warnings: [] }
  const grantee = granteeOfFound(grant)
  return {
    effects: [
      `${grantee} can no longer do this with the key through this grant: ${grant.operations.join(', ')}.`,
      'What the key policy, IAM policies or other grants allow stays as it is.',
    ],
    warnings: [
      ...(grant.issuerClass === 'awsService'
        ? [
            `An AWS service uses this grant (${grantee}). While the resource it was made for ` +
              'is in use, ending it can break that resource: a volume, a database or a table ' +
              'can become unreadable.',
          ]
        : []),
      ...(grant.operations.includes('CreateGrant')
        ? ['Grants that its holder has made from it stay: they must be ended one by one.']
        : []),
      'The grantee may still succeed for a short while after it has ended.',
      'A grant cannot be brought back: making it again is a new grant with another id.',
    ],
  }
}

/** Rates the end of a grant: high for one of an AWS service, whose resource can break. */
export function endingRisk(grant: FoundGrant | null): { risk: Risk; reasons: readonly string[] } {
  if (grant?.issuerClass === 'awsService')
    return {
      risk: 'high',
      reasons: ['An AWS service holds this grant: the resource it was made for can break.'],
    }
  return { risk: 'medium', reasons: ['Whoever works through this grant is refused from then on.'] }
}
