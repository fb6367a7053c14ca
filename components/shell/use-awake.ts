'use client'

import { useEffect } from 'react'

/** Marks the document once React answers to clicks: what a script (or a test) has to wait for. */
export function useAwake(): void {
  useEffect(() => {
    document.documentElement.dataset.awake = 'yes'
  }, [])
}
