'use client'

import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { formatParams, useAddress } from '@/components/shell/use-address'

export const policyViews = ['read', 'document', 'history', 'draft'] as const

/** `draft` is its id; `from` and `to` are the versions that are compared. */
type Place = { view: string; draft: string; from: string; to: string }

const codec = {
  parse: ({
    view = '',
    draft = '',
    from = '',
    to = '',
  }: Readonly<Record<string, string>>): Place => ({ view, draft, from, to }),
  format: (place: Place) => formatParams(place),
}
const nowhere: Place = { view: '', draft: '', from: '', to: '' }

/** What is looked at, as the address says it. Going elsewhere asks the server for the page again. */
export function usePlace() {
  const { state, hrefOf } = useAddress(codec)
  const router = useRouter()
  const go = useCallback(
    (to: Partial<Place>, how: 'push' | 'replace' = 'push') => {
      router[how](hrefOf({ ...nowhere, ...to }), { scroll: false })
    },
    [router, hrefOf],
  )
  return {
    view: policyViews.find((name) => name === state.view) ?? 'read',
    get: (name: keyof Place) => state[name] || null,
    go,
  }
}
