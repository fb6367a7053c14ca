'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { readJson } from '@/components/shell/read-json'
import { formatParams, toPage, useAddress } from '@/components/shell/use-address'
import type { DeniedAsk, VerdictNow } from '@/lib/access/denied/verdict-now'
import type { ChangeBefore } from '@/lib/changes/read/before-denials'
import type { DeniedCalls, DeniedGroup } from '@/lib/trail/usage/denied'
import { toPeriod, type PeriodDays } from '@/lib/trail/usage/period'

type DeniedState = { days: PeriodDays; page: number }

const codec = {
  parse: ({ days, page }: Readonly<Record<string, string>>): DeniedState => ({
    days: toPeriod(days),
    page: toPage(page),
  }),
  format: ({ days, page }: DeniedState) =>
    formatParams({
      days: days === 30 ? undefined : days,
      page: page > 1 ? page : undefined,
    }),
}

/** Which period is shown, and which page of it. */
export const useDeniedState = () => useAddress(codec)

export const useDenied = (days: PeriodDays) =>
  useQuery({
    queryKey: ['denied', days],
    queryFn: ({ signal }) => readJson<DeniedCalls>(`/api/trail/denied?days=${days}`, signal),
    placeholderData: keepPreviousData,
    retry: false,
  })

/** Calls of a group as the evaluator is asked about them; null: they are about no key. */
function toAsk({ principal, key, operation, via }: DeniedGroup): DeniedAsk | null {
  if (key === null) return null
  const only = via.length > 1 ? {} : { via: via[0] ?? null }
  return { principal, key, operation, ...only }
}

type Answers<T> = { of(row: DeniedGroup): T | undefined; error: Error | null }

/** What policies say now, and which change came before, of the rows that are shown. */
export function useVerdicts(rows: readonly DeniedGroup[]): Answers<VerdictNow> {
  const asked = rows.filter(({ key }) => key !== null)
  const asks = asked.flatMap((row) => toAsk(row) ?? [])
  const { data, error } = useAnswers<VerdictNow[]>('now', asks)
  return { of: (row) => data?.[asked.indexOf(row)], error }
}

export function useChangesBefore(rows: readonly DeniedGroup[]): Answers<ChangeBefore | null> {
  const asked = rows.filter(({ key, isOlder }) => key !== null && !isOlder)
  const asks = asked.map(({ key, firstAt }) => ({ key, firstAt }))
  const { data, error } = useAnswers<(ChangeBefore | null)[]>('changes', asks)
  return { of: (row) => data?.[asked.indexOf(row)], error }
}

function useAnswers<T>(what: string, asks: readonly object[]) {
  const url = `/api/trail/denied/${what}?${new URLSearchParams({ asks: JSON.stringify(asks) })}`
  return useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => readJson<T>(url, signal),
    enabled: asks.length > 0,
    retry: false,
  })
}
