'use client'

import { formatParams, toPage, useAddress } from '@/components/shell/use-address'

export const choices = ['reached', 'decrypt', 'administer', 'all'] as const
export type Only = (typeof choices)[number]
type PrincipalState = { arn: string; only: Only; page: number; tab: 'can' | 'did' }

const codec = {
  parse: ({ arn = '', only, page, tab }: Readonly<Record<string, string>>): PrincipalState => ({
    arn,
    only: choices.find((one) => one === only) ?? 'reached',
    page: toPage(page),
    tab: tab === 'did' ? 'did' : 'can',
  }),
  format: ({ arn, only, page, tab }: PrincipalState) =>
    formatParams({
      arn: arn.trim(),
      only: only === 'reached' ? undefined : only,
      page: page > 1 ? page : undefined,
      tab: tab === 'did' ? tab : undefined,
    }),
}

/** Whose keys are shown, and which of them. */
export const usePrincipal = () => useAddress(codec)
