'use client'

import { formatParams, toPage, useAddress } from '@/components/shell/use-address'

export const choices = ['reached', 'decrypt', 'administer', 'all'] as const
export type Only = (typeof choices)[number]
type PrincipalState = { arn: string; only: Only; page: number }

const codec = {
  parse: ({ arn = '', only, page }: Readonly<Record<string, string>>): PrincipalState => ({
    arn,
    only: choices.find((one) => one === only) ?? 'reached',
    page: toPage(page),
  }),
  format: ({ arn, only, page }: PrincipalState) =>
    formatParams({
      arn: arn.trim(),
      only: only === 'reached' ? undefined : only,
      page: page > 1 ? page : undefined,
    }),
}

/** Whose keys are shown, and which of them. */
export const usePrincipal = () => useAddress(codec)
