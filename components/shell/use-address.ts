'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback, useMemo } from 'react'

/** How a page's state is written in its address; `format` leaves out what is usual. */
export type AddressCodec<State> = {
  parse(search: Readonly<Record<string, string>>): State
  format(state: State): string
}
export type Address<State> = {
  state: State
  /** The query string of what is shown, without "?". */
  query: string
  hrefOf(changed: Partial<State>): string
  /** Goes there; `replace` leaves no step to come back to, for what is typed. */
  change(changed: Partial<State>, how?: 'push' | 'replace'): void
}

/**
 * What a page shows, kept in its address and nowhere else: back and forward work, and a link shows a
 * colleague the same. A change does not ask the server for the page again; a view reads over its GET
 * handler. The codec must be the same from one render to the next.
 */
export function useAddress<State extends object>(codec: AddressCodec<State>): Address<State> {
  const search = useSearchParams()
  const pathname = usePathname()
  const state = useMemo(() => codec.parse(Object.fromEntries(search)), [codec, search])
  const hrefOf = useCallback(
    (changed: Partial<State>) => {
      const query = codec.format({ ...state, ...changed })
      return query ? `${pathname}?${query}` : pathname
    },
    [codec, state, pathname],
  )
  const change = useCallback(
    (changed: Partial<State>, how: 'push' | 'replace' = 'push') =>
      how === 'push'
        ? window.history.pushState(null, '', hrefOf(changed))
        : window.history.replaceState(null, '', hrefOf(changed)),
    [hrefOf],
  )
  return useMemo(
    () => ({ state, query: codec.format(state), hrefOf, change }),
    [codec, state, hrefOf, change],
  )
}

/** A query string of these parameters, without those that are empty. */
export const formatParams = (params: Readonly<Record<string, string | number | undefined>>) =>
  new URLSearchParams(
    Object.entries(params).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, String(value)]],
    ),
  ).toString()

/** The number of a page in an address; the first where it says none. */
export const toPage = (text: string | undefined, most = 10_000) => {
  const page = Number(text ?? 1)
  return Number.isInteger(page) && page > 0 && page <= most ? page : 1
}
