'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { usePathname, useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { readJson, ReadFailure } from '@/components/shell/read-json'
import type { listRequests, RequestsQuery } from '@/lib/changes/read/list-requests'
import { changeStatuses } from '@/lib/change-status'

export type Answer = Awaited<ReturnType<typeof listRequests>>
export type First = { query: RequestsQuery; answer: Answer }
const boxes = ['waiting', 'mine', 'all'] as const

/** What the list shows stands in its address; what the address leaves out is `usual`. */
export function useRequests(first: First, usual: RequestsQuery['box']) {
  const search = useSearchParams()
  const pathname = usePathname()
  const [readAt] = useState(() => Date.now())
  const page = Number(search.get('page') ?? 1)
  const query: RequestsQuery = {
    box: boxes.find((box) => box === search.get('box')) ?? usual,
    text: (search.get('text') ?? '').slice(0, 200),
    status: changeStatuses.find((status) => status === search.get('status')),
    page: Number.isInteger(page) && page > 0 && page <= 10_000 ? page : 1,
  }
  const address = format(query)
  const {
    data: answer,
    error,
    isFetching,
    refetch,
    dataUpdatedAt,
  } = useQuery({
    queryKey: ['requests', address],
    queryFn: ({ signal }) => readJson<Answer>(`/api/requests?${address}`, signal),
    initialData: address === format(first.query) ? first.answer : undefined,
    initialDataUpdatedAt: readAt,
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  })
  const change = (changed: Partial<RequestsQuery>) =>
    window.history.pushState(null, '', `${pathname}?${format({ ...query, page: 1, ...changed })}`)
  const failure =
    error instanceof ReadFailure
      ? error.failure
      : error
        ? { code: 'unexpected' as const, message: 'The answer could not be used.' }
        : null
  return {
    query,
    answer,
    failure,
    isFetching,
    readAgain: () => void refetch(),
    change,
    receivedAt: dataUpdatedAt || readAt,
  }
}

function format({ box, text, status, page }: RequestsQuery): string {
  return new URLSearchParams({
    box,
    ...(text ? { text } : {}),
    ...(status ? { status } : {}),
    ...(page > 1 ? { page: String(page) } : {}),
  }).toString()
}
