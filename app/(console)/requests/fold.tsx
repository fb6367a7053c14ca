'use client'

import ExpandableSection from '@cloudscape-design/components/expandable-section'
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react'
import { flushSync } from 'react-dom'

/** On paper everything stands whole. */
const PrintingContext = createContext(false)
export const usePrinting = () => useContext(PrintingContext)

/** What is folded on the screen is open on paper. */
export function PrintProvider({ children }: { children: ReactNode }) {
  const [isPrinting, setPrinting] = useState(false)
  useEffect(() => {
    const media = window.matchMedia('print')
    // The browser takes its picture right after: the page must have been drawn by then.
    const set = (printing: boolean) => flushSync(() => setPrinting(printing))
    const [before, after, change] = [
      () => set(true),
      () => set(media.matches),
      () => set(media.matches),
    ]
    window.addEventListener('beforeprint', before)
    window.addEventListener('afterprint', after)
    media.addEventListener('change', change)
    return () => {
      window.removeEventListener('beforeprint', before)
      window.removeEventListener('afterprint', after)
      media.removeEventListener('change', change)
    }
  }, [])
  return <PrintingContext.Provider value={isPrinting}>{children}</PrintingContext.Provider>
}

/** More of something, for who wants it. Its content is made only when it is open. */
export function Fold({ title, children }: { title: string; children: ReactNode }) {
  const isPrinting = usePrinting()
  const [isOpen, setOpen] = useState(false)
  const isShown = isPrinting || isOpen
  return (
    <ExpandableSection
      headerText={title}
      expanded={isShown}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      {isShown && children}
    </ExpandableSection>
  )
}
