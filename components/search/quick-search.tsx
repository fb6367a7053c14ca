'use client'

import { useEffect, useState } from 'react'
import { SearchPalette } from './search-palette'
import './search.css'

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.closest('input, textarea, select, [contenteditable], .cm-editor') !== null)

/** Quick search over everything: the button in the top bar, and `/` or Ctrl-K (Cmd-K) anywhere. */
export function QuickSearch() {
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      // The top bar keeps a hidden copy of what stands in it, to measure by: whichever hears the
      // key first opens the one palette.
      if (event.defaultPrevented) return
      const isCommand =
        event.key.toLowerCase() === 'k' &&
        (event.ctrlKey || event.metaKey) &&
        !event.altKey &&
        !event.shiftKey
      const isSlash =
        event.key === '/' &&
        !event.ctrlKey &&
        !event.metaKey &&
        !event.altKey &&
        !isTyping(event.target)
      if (!isCommand && !isSlash) return
      event.preventDefault()
      setOpen(true)
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
  return (
    <>
      <button
        type="button"
        className="claviger-search-button"
        aria-haspopup="dialog"
        aria-keyshortcuts="/ Control+K Meta+K"
        onClick={() => setOpen(true)}
      >
        <span>Search keys, principals, grants</span>
        <kbd>/</kbd>
      </button>
      {isOpen && <SearchPalette onClose={() => setOpen(false)} />}
    </>
  )
}
