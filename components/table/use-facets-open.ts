'use client'

import { useSyncExternalStore } from 'react'

/** 'auto': nobody chose on this device yet, and the width of the window decides, in table.css. */
export type FacetsChoice = 'auto' | 'open' | 'folded'

const place = 'claviger-facets'
/** The same width as in table.css. */
const isWide = () => matchMedia('(min-width: 1800px)').matches
const listeners = new Set<() => void>()

function readChoice(): FacetsChoice {
  try {
    const kept = localStorage.getItem(place)
    return kept === 'open' || kept === 'folded' ? kept : 'auto'
  } catch {
    return 'auto'
  }
}

const isOpenNow = () => (readChoice() === 'auto' ? isWide() : readChoice() === 'open')

function choose(isOpen: boolean) {
  try {
    localStorage.setItem(place, isOpen ? 'open' : 'folded')
  } catch {
    // A browser that keeps nothing forgets the choice with the page.
  }
  for (const tell of listeners) tell()
}

function subscribe(tell: () => void) {
  listeners.add(tell)
  window.addEventListener('resize', tell)
  return () => {
    listeners.delete(tell)
    window.removeEventListener('resize', tell)
  }
}

/**
 * Whether the counts beside a table are shown, on every table of this
 * device, and the way to change it.
 */
export function useFacetsOpen(): {
  choice: FacetsChoice
  isOpen: boolean
  choose(isOpen: boolean): void
} {
  const choice = useSyncExternalStore(subscribe, readChoice, () => 'auto' as const)
  const isOpen = useSyncExternalStore(subscribe, isOpenNow, () => false)
  return { choice, isOpen, choose }
}
