'use client'

import type { ReactNode } from 'react'
import { utcTime } from './relative-time'
import { Unknown } from './unknown'

type Observation = { unknown: string | null; observedAt: string | null }

/** A fact that can say when it was observed; an unknown one says why instead. */
export function Observed({ of, children }: { of: Observation; children: ReactNode }) {
  if (of.unknown !== null)
    return (
      <Unknown
        why={of.observedAt ? `${of.unknown} Since ${utcTime(of.observedAt)}.` : of.unknown}
      />
    )
  return (
    <span title={of.observedAt ? `Observed ${utcTime(of.observedAt)}` : undefined}>{children}</span>
  )
}
