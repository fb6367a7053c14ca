'use client'

import { useCallback, useSyncExternalStore } from 'react'

/** One timer for all that tick alike. By step, in ms. */
const listeners = new Map<number, Set<() => void>>()
const timers = new Map<number, ReturnType<typeof setInterval>>()

function subscribe(stepMs: number, changed: () => void): () => void {
  const all = listeners.get(stepMs) ?? new Set()
  listeners.set(stepMs, all.add(changed))
  if (!timers.has(stepMs))
    timers.set(
      stepMs,
      setInterval(() => all.forEach((one) => one()), stepMs),
    )
  return () => {
    all.delete(changed)
    if (all.size > 0) return
    clearInterval(timers.get(stepMs))
    timers.delete(stepMs)
  }
}

/**
 * The reader's clock (epoch ms) to a step; null on the server, which knows neither the clock
 * nor the zone of the reader.
 */
export function useTick(stepMs: number): number | null {
  const subscribeToStep = useCallback((changed: () => void) => subscribe(stepMs, changed), [stepMs])
  return useSyncExternalStore<number | null>(
    subscribeToStep,
    () => Math.floor(Date.now() / stepMs) * stepMs,
    () => null,
  )
}
