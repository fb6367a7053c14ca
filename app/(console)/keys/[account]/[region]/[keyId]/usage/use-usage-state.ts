'use client'

import { formatParams, useAddress } from '@/components/shell/use-address'
import { toPeriod, type PeriodDays } from '@/lib/trail/usage/period'

const divisions = ['operation', 'principal'] as const
export type Division = (typeof divisions)[number]
type UsageState = { days: PeriodDays; by: Division }

const codec = {
  parse: ({ days, by }: Readonly<Record<string, string>>): UsageState => ({
    days: toPeriod(days),
    by: divisions.find((one) => one === by) ?? 'operation',
  }),
  format: ({ days, by }: UsageState) =>
    formatParams({
      days: days === 30 ? undefined : days,
      by: by === 'operation' ? undefined : by,
    }),
}

/** Which period is shown, and what its chart is divided by. */
export const useUsageState = () => useAddress(codec)
