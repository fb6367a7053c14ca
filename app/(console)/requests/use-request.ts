'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { readReceived } from '@/components/shell/read-json'
import { calling, type ChangeStatus } from '@/lib/change-status'
import type { RequestDetail } from '@/lib/changes/read/shapes'

const moving: readonly ChangeStatus[] = ['approved', ...calling]

/** How soon it may look different, in ms; false: it is at rest. */
function nextLook({
  changes,
  now,
}: Pick<RequestDetail, 'now'> & {
  changes: readonly Pick<
    RequestDetail['changes'][number],
    'status' | 'endsAt' | 'endAskedAt' | 'nextTryAt'
  >[]
}): number | false {
  const looks = changes.flatMap(({ status, endsAt, endAskedAt, nextTryAt }) => {
    if (moving.includes(status) || (status === 'applied' && endAskedAt)) return [2_000]
    if (status === 'open' || (status === 'revertFailed' && nextTryAt)) return [8_000]
    if (status === 'applied' && endsAt)
      return [Math.min(60_000, Math.max(2_000, Date.parse(endsAt) - Date.parse(now)))]
    return []
  })
  return looks.length > 0 ? Math.min(...looks) : false
}

/**
 * A request as it is now: read again while something about it may change, never while nobody looks
 * (TanStack stops in hidden tabs).
 */
export function useRequest(first: RequestDetail) {
  const client = useQueryClient()
  const [readAt] = useState(() => Date.now())
  const queryKey = ['request', first.id]
  const query = useQuery({
    queryKey,
    queryFn: ({ signal }) => readReceived<RequestDetail>(`/api/requests/${first.id}`, signal),
    initialData: { ...first, receivedAt: readAt },
    initialDataUpdatedAt: readAt,
    refetchInterval: ({ state: { data } }) => (data ? nextLook(data) : false),
  })
  const refresh = useCallback(
    () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['request', first.id] }),
        client.invalidateQueries({ queryKey: ['requests'] }),
      ]),
    [client, first.id],
  )
  return {
    request: query.data,
    receivedAt: query.data.receivedAt,
    isStale: query.isError,
    refresh,
    retry: () => void query.refetch(),
  }
}
