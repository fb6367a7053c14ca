'use client'

import { useState } from 'react'
import type { RequestDetail } from '@/lib/changes/read/shapes'
import { DecideMany } from '../change/decide-many'

/**
 * For a request of many changes, below the last of them: all that stand above at once,
 * each still decided by itself.
 */
export function DecideAll({
  changes,
  onDecided,
}: {
  changes: RequestDetail['changes']
  onDecided: () => Promise<unknown>
}) {
  const [isUsed, setUsed] = useState(false)
  const mine = changes.filter(({ status, decide }) => status === 'open' && decide.may)
  if (changes.length < 2 || (mine.length < 2 && !isUsed)) return null
  const decided = () => {
    setUsed(true) // so that the answers stay when nothing is left to decide
    return onDecided()
  }
  return (
    <DecideMany
      changes={mine}
      title="Decide about all that stand above"
      name={`all ${mine.length} shown`}
      onDecided={decided}
    />
  )
}
