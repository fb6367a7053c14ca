'use client'

import { Unknown } from '@/components/value/unknown'
import type { KeyRow } from '@/lib/inventory/key-detail'

/** Automatic rotation in a few words. */
export function RotationFact({ detailKey: key }: { detailKey: Pick<KeyRow, 'rotation' | 'rotationPeriodDays' | 'problems'> }) {
  if (key.rotation === 'on') return <>on{key.rotationPeriodDays ? `, every ${key.rotationPeriodDays} days` : ''}</>
  if (key.rotation === 'off') return <>off</>
  if (key.rotation === 'notApplicable') return <>not applicable</>
  return <Unknown why={key.problems.rotation?.message} />
}
