'use client'

import {
  keepPreviousData,
  useQuery,
  useQueryClient,
  type QueryClient,
  type QueryKey,
} from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { failureOf, readJson } from '@/components/shell/read-json'
import type { AuditLine, ChangeDetail, ChangeRow, RequestDetail } from '@/lib/changes/read/shapes'

const keyOf = (requestId: string, { id, version }: ChangeRow) =>
  ['request', requestId, 'change', id, version] as const
const auditKeyOf = ({ id, audit }: RequestDetail) => ['request', id, 'audit', audit.count] as const

/** One change whole, read when it is opened and again whenever its row says that it differs. */
export function useWholeChange(request: RequestDetail, row: ChangeRow) {
  const known = request.whole.find(({ id }) => id === row.id)
  const query = useQuery({
    queryKey: keyOf(request.id, row),
    queryFn: ({ signal }) =>
      readJson<ChangeDetail[]>(`/api/requests/${request.id}/changes?change=${row.id}`, signal),
    placeholderData: keepPreviousData,
    enabled: !known,
    staleTime: Infinity,
  })
  return {
    change: known ?? query.data?.[0],
    failure: failureOf(query.error),
    isRetrying: query.isFetching,
    retry: () => void query.refetch(),
  }
}

/** The entries of the audit log about a request of many changes, read when they are opened. */
export function useAuditLines(request: RequestDetail) {
  const query = useQuery({
    queryKey: auditKeyOf(request),
    queryFn: ({ signal }) => readJson<AuditLine[]>(`/api/requests/${request.id}/audit`, signal),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })
  return {
    lines: query.data,
    failure: failureOf(query.error),
    isRetrying: query.isFetching,
    retry: () => void query.refetch(),
  }
}

/**
 * Which changes are open: they stay so when the request is read again. The address can name one
 * (`#change-7`).
 */
export function useOpened(changes: readonly ChangeRow[], atFirst: readonly string[] = []) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(() => new Set(atFirst))
  const set = useCallback(
    (id: string, isOpen: boolean) =>
      setOpened((all) => new Set([...all].filter((one) => one !== id).concat(isOpen ? [id] : []))),
    [],
  )
  const [first] = useState(changes)
  useEffect(() => {
    const named = first.find(({ position }) => window.location.hash === `#change-${position}`)
    if (named) set(named.id, true)
  }, [first, set])
  return { opened, set, setOpened }
}

/**
 * Keeps what was read for paper under the keys of the request as it stands by then: it might have
 * been read again meanwhile. Returns the keys of what it is too old for.
 */
function keepRead(
  client: QueryClient,
  request: RequestDetail,
  changes: readonly ChangeDetail[],
  lines: AuditLine[],
): QueryKey[] {
  const older: QueryKey[] = []
  const keep = (key: QueryKey, read: unknown, isOlder: boolean) => {
    if (client.getQueryData(key) !== undefined) return
    client.setQueryData(key, read)
    if (isOlder) older.push(key)
  }
  keep(auditKeyOf(request), lines, lines.length !== request.audit.count)
  for (const row of request.changes) {
    const whole = changes.find(({ id }) => id === row.id)
    if (whole) keep(keyOf(request.id, row), [whole], whole.version !== row.version)
  }
  return older
}

/**
 * Prints a request with everything: on paper nothing can be opened, so what is still closed is read
 * first, and closed again afterwards.
 */
export function usePrintWhole(
  request: RequestDetail,
  { opened, setOpened }: ReturnType<typeof useOpened>,
  onFailed: (error: Error) => void,
) {
  const client = useQueryClient()
  const [isReading, setReading] = useState(false)
  const print = async () => {
    if (request.whole.length > 0 || request.changes.length === 0) return window.print()
    setReading(true)
    let older: QueryKey[]
    try {
      const [changes, lines] = await Promise.all([
        readJson<ChangeDetail[]>(`/api/requests/${request.id}/changes`),
        readJson<AuditLine[]>(`/api/requests/${request.id}/audit`),
      ])
      const now = client.getQueryData<RequestDetail>(['request', request.id]) ?? request
      older = keepRead(client, now, changes, lines)
    } catch (error) {
      return onFailed(error instanceof Error ? error : new Error(String(error)))
    } finally {
      setReading(false)
    }
    flushSync(() => setOpened(new Set(request.changes.map(({ id }) => id))))
    const close = () => {
      setOpened(opened)
      for (const queryKey of older) void client.invalidateQueries({ queryKey, exact: true })
    }
    window.addEventListener('afterprint', close, { once: true })
    window.print()
  }
  return { print: () => void print(), isReading }
}
