/** What is common to everything that ends a grant. */
import { RevokeGrantCommand } from '@aws-sdk/client-kms'
import type { Observation, Place, AwsWriter } from '../kind'
import { keyArnOf } from './describe'
import type { FoundGrant } from './grant-read'

/**
 * While a grant that was revoked is still listed: how long until the call is made again. Doubled
 * with each call, to a minute.
 */
const firstAgainSeconds = 2
const mostAgainSeconds = 60

/**
 * Judges a grant that is to end. Gone is done; one that is still listed right after a call of ours
 * is given time, since KMS might list it for a while (lib/kms/README.md, "Eventual consistency"),
 * before it is revoked again, which changes nothing if it was. Pure.
 */
export function judgeEnding(
  grant: FoundGrant | null,
  { sends, lastSentAt, now }: { sends: number; lastSentAt: string | null; now: string },
): Observation {
  if (grant === null) return { is: 'done', outcome: {}, already: sends === 0 }
  const again = Math.min(mostAgainSeconds, firstAgainSeconds * 2 ** Math.max(0, sends - 1))
  const left = sends === 0 ? 0 : again - secondsBetween(lastSentAt, now)
  if (left > 0)
    return {
      is: 'wait',
      seconds: Math.min(2, Math.ceil(left)),
      words: 'AWS still lists the grant after the call that ends it: looking again.',
    }
  return { is: 'ready' }
}

/** Sends RevokeGrant, once. Throws AwsProblem, notFound for a grant that is gone. */
export async function revokeGrant(write: AwsWriter, place: Place, grantId: string): Promise<void> {
  await write.kms('kms:RevokeGrant', (kms) =>
    kms.send(new RevokeGrantCommand({ KeyId: keyArnOf(place), GrantId: grantId })),
  )
}

/** Returns the seconds from one ISO time to another; infinite when there was no first. */
export function secondsBetween(from: string | null, to: string): number {
  return from === null ? Infinity : (Date.parse(to) - Date.parse(from)) / 1_000
}
