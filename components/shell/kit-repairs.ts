'use client'

import { useEffect } from 'react'

/**
 * The kit's toolbar of a phone says aria-orientation on a <nav>, which has none: assistive
 * software may stumble over it.
 */
export function useKitRepairs(): void {
  useEffect(() => {
    const repair = () =>
      document.querySelector('nav[aria-orientation]')?.removeAttribute('aria-orientation')
    const watch = new MutationObserver(repair)
    watch.observe(document.body, { childList: true, subtree: true })
    repair()
    return () => watch.disconnect()
  }, [])
}
