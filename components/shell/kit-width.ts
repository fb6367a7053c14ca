'use client'

import { useEffect } from 'react'

const forced = Symbol.for('awsui-force-mobile-mode')
const narrow = '(max-width: 688px)'

export const isNarrow = (): boolean => matchMedia(narrow).matches

/**
 * The server draws the wide layout, but the kit asks a phone's width in its very first render,
 * so that hydration fails and everything is drawn anew. So a phone too begins wide, and turns
 * narrow as soon as it is awake.
 */
export function hydrateAsWide(): void {
  if (typeof window !== 'undefined') Reflect.set(globalThis, forced, false)
}

/** In the shell, after hydrateAsWide: from now on the kit sees the real width. */
export function useRealWidth(): void {
  useEffect(() => {
    Reflect.deleteProperty(globalThis, forced)
    window.dispatchEvent(new Event('resize'))
  }, [])
}
