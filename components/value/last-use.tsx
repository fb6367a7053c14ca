'use client'

import { Moment } from './moment'
import { Unknown } from './unknown'
import type { KeyRow } from '@/lib/inventory/key-detail'

type Props = {
  of: Pick<
    KeyRow,
    | 'lastUsedAt'
    | 'lastUsedOperation'
    | 'lastUseAt'
    | 'usageTrackedSince'
    | 'createdAt'
    | 'problems'
  >
}

/**
 * AWS remembers the last successful cryptographic operation since it began to track.
 * Nothing recorded means "never" only for a key made after that; for an older one the time
 * before is unknown (aws-facts 1.2).
 */
export function LastUse({ of: key }: Props) {
  if (key.lastUsedAt)
    return (
      <>
        <Moment at={key.lastUsedAt} /> ({key.lastUsedOperation ?? 'operation not named'})
      </>
    )
  if (!key.lastUseAt)
    return (
      <Unknown
        why={
          key.problems.lastUse?.message ??
          'Last use has not been read yet: AWS allows five such readings a second for a whole account.'
        }
      />
    )
  if (!key.usageTrackedSince)
    return <Unknown why="AWS did not say since when it tracks this key." />
  const isYounger =
    key.createdAt !== null && Date.parse(key.createdAt) >= Date.parse(key.usageTrackedSince)
  return isYounger ? (
    <>never used</>
  ) : (
    <>
      not used since tracking began <Moment at={key.usageTrackedSince} />
    </>
  )
}
