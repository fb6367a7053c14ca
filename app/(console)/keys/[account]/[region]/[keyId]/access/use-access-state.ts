'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback } from 'react'
import { isAccessFilter } from './access-filter'

/** What the matrix shows, kept in the address: `?q=` the text, `?filter=` what is chosen. */
export function useAccessState() {
  const search = useSearchParams()
  const pathname = usePathname()
  const change = useCallback(
    (changed: { q?: string; filter?: string; page?: string }) => {
      const next = new URLSearchParams(search)
      for (const [name, value] of Object.entries({ page: '', ...changed })) {
        if (value) next.set(name, value)
        else next.delete(name)
      }
      window.history.replaceState(null, '', next.size > 0 ? `${pathname}?${next}` : pathname)
    },
    [search, pathname],
  )
  const page = Number(search.get('page') ?? 1)
  return {
    text: search.get('q') ?? '',
    chosen: (search.get('filter') ?? '').split(',').filter(isAccessFilter),
    page: Number.isInteger(page) && page > 0 ? page : 1,
    change,
  }
}
