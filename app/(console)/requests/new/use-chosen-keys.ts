'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { readJson } from '@/components/shell/read-json'
import type { AskedKey } from '@/lib/changes/request/askable'

/** What is known of the chosen keys: those the page came with, and those added since. */
export function useChosenKeys(arns: readonly string[], first: readonly AskedKey[]) {
  const [asked] = useState(() => new Set(first.map(({ arn }) => arn)))
  const missing = arns.filter((arn) => !asked.has(arn))
  const query = missing.join(',')
  const { data, isFetching } = useQuery({
    queryKey: ['asked keys', query],
    enabled: query !== '',
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      readJson<AskedKey[]>(
        `/api/requests/form/keys?${new URLSearchParams({ arns: query })}`,
        signal,
      ),
  })
  const keys = useMemo(() => {
    const known = new Map([...first, ...(data ?? [])].map((key) => [key.arn, key]))
    return arns.flatMap((arn) => known.get(arn) ?? [])
  }, [arns, first, data])
  return { keys, isReading: isFetching }
}
