'use client'

import { useState, useTransition } from 'react'
import type { Failure, Result } from '@/lib/result'

const unheard: Failure = {
  code: 'unexpected',
  message:
    'The console did not answer. Whether it was done is not known: reload the page and look before trying again.',
}

/** What an act answers, lost answers included. */
export async function settled<T>(act: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await act()
  } catch {
    return { ok: false, error: unheard }
  }
}

/**
 * One act of a person: whether it is under way, and what it was refused with, to be
 * said beside what was pressed.
 */
export function useAct() {
  const [isActing, start] = useTransition()
  const [failure, setFailure] = useState<Failure | null>(null)
  const run = <T>(act: () => Promise<Result<T>>, then: (data: T) => Promise<unknown> | void) =>
    start(async () => {
      setFailure(null)
      const result = await settled(act)
      if (!result.ok) return setFailure(result.error)
      await then(result.data)
    })
  return { isActing, failure, setFailure, run }
}
