'use client'

import { formatParams, toPage, useAddress } from '@/components/shell/use-address'
import { isAccessFilter } from './access-filter'

type AccessState = { text: string; chosen: readonly string[]; page: number }

const codec = {
  parse: ({ q = '', filter = '', page }: Readonly<Record<string, string>>): AccessState => ({
    text: q,
    chosen: filter.split(',').filter(isAccessFilter),
    page: toPage(page),
  }),
  format: ({ text, chosen, page }: AccessState) =>
    formatParams({ q: text, filter: chosen.join(), page: page > 1 ? page : undefined }),
}

/** What the matrix shows: the text, and what is chosen. Both begin at the first page. */
export function useAccessState() {
  const { state, change } = useAddress(codec)
  return {
    ...state,
    change: (changed: Partial<AccessState>) => change({ page: 1, ...changed }, 'replace'),
  }
}
