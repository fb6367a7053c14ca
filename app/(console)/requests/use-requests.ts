'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { failureOf, readReceived } from '@/components/shell/read-json'
import { formatParams, toPage, useAddress } from '@/components/shell/use-address'
import type { listRequests, RequestsQuery } from '@/lib/changes/read/list-requests'
import { changeStatuses } from '@/lib/change-status'

export type Answer = Awaited<ReturnType<typeof listRequests>>
export type First = { query: RequestsQuery; answer: Answer }
const boxes = ['waiting', 'mine', 'all'] as const

/** What the list shows stands in its address; what the address leaves out is `usual`. */
export function useRequests(first: First, usual: RequestsQuery['box']) {
  const {
    state: query,
    query: address,
    change,
  } = useAddress(useMemo(() => ({ parse: parseOr(usual), format }), [usual]))
  const [readAt] = useState(() => Date.now())
  const {
    data: answer,
    error,
    isFetching,
    refetch,
  } = useQuery({
    queryKey: ['requests', address],
    queryFn: ({ signal }) => readReceived<Answer>(`/api/requests?${address}`, signal),
    initialData:
      address === format(first.query) ? { ...first.answer, receivedAt: readAt } : undefined,
    initialDataUpdatedAt: readAt,
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  })
  return {
    query,
    answer,
    failure: failureOf(error),
    isFetching,
    readAgain: () => void refetch(),
    change: (changed: Partial<RequestsQuery>) => change({ page: 1, ...changed }),
    receivedAt: answer?.receivedAt ?? readAt,
  }
}

const parseOr =
  (usual: RequestsQuery['box']) =>
  ({ box, text = '', status, page }: Readonly<Record<string, string>>): RequestsQuery => ({
    box: boxes.find((one) => one === box) ?? usual,
    text: text.slice(0, 200),
    status: changeStatuses.find((one) => one === status),
    page: toPage(page),
  })
const format = ({ box, text, status, page }: RequestsQuery) =>
  formatParams({ box, text, status, page: page > 1 ? page : undefined })
