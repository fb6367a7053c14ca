'use client'

import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useCallback } from 'react'

export const policyViews = ['read', 'document', 'history', 'draft'] as const

/** What is looked at, as the address says it: a link sent to a colleague shows the same. */
export function usePlace() {
  const search = useSearchParams()
  const pathname = usePathname()
  const router = useRouter()
  const asked = search.get('view')
  const go = useCallback(
    (to: Record<string, string>, how: 'push' | 'replace' = 'push') => {
      router[how](`${pathname}?${new URLSearchParams(to)}`, { scroll: false })
    },
    [router, pathname],
  )
  return {
    view: policyViews.find((name) => name === asked) ?? 'read',
    get: (name: string) => search.get(name),
    go,
  }
}
