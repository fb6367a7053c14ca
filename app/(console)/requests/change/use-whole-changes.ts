'use client'

import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
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
    try {
      const [changes, lines] = await Promise.all([
        readJson<ChangeDetail[]>(`/api/requests/${request.id}/changes`),
        readJson<AuditLine[]>(`/api/requests/${request.id}/audit`),
      ])
      client.setQueryData(auditKeyOf(request), lines)
      for (const row of request.changes) {
        const whole = changes.find(({ id }) => id === row.id)
        if (whole) client.setQueryData(keyOf(request.id, row), [whole])
      }
    } catch (error) {
      return onFailed(error instanceof Error ? error : new Error(String(error)))
    } finally {
      setReading(false)
    }
    flushSync(() => setOpened(new Set(request.changes.map(({ id }) => id))))
    window.addEventListener('afterprint', () => setOpened(opened), { once: true })
    window.print()
  }
  return { print: () => void print(), isReading }
}
