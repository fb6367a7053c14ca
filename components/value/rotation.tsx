'use client'

import { Unknown } from './unknown'
import type { KeyRow } from '@/lib/inventory/key-detail'

/** Automatic rotation in a few words. */
export function Rotation({
  of: key,
}: {
  of: Pick<KeyRow, 'rotation' | 'rotationPeriodDays' | 'problems'>
}) {
  if (key.rotation === 'on')
    return <>on{key.rotationPeriodDays ? `, every ${key.rotationPeriodDays} days` : ''}</>
  if (key.rotation === 'off') return <>off</>
  if (key.rotation === 'notApplicable') return <>not applicable</>
  return <Unknown why={key.problems.rotation?.message} />
}
