'use client'

import type { TopNavigationProps } from '@cloudscape-design/components/top-navigation'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useContext } from 'react'
import { relativeTime } from '@/components/value/relative-time'
import type { Result } from '@/lib/result'
import { BellContext } from './bell-context'
import type { FrameAnswer } from './frame-answer'
import { readJson } from './read-json'

/** Under "requests", since whatever is decided changes what waits. */
const queryKey = ['requests', 'bell']

/** Polled gently, and not while nobody looks at the tab. */
const useBellQuery = (enabled: boolean) =>
  useQuery({
    queryKey,
    queryFn: ({ signal }) => readJson<FrameAnswer>('/api/notifications', signal),
    enabled,
    refetchInterval: 45_000,
    refetchIntervalInBackground: false,
  })

/** Marks notices as read (null: all of them): at once under the bell, then for good. */
export function useMarkRead(): (ids: string[] | null) => Promise<Result<void> | null> {
  const markRead = useContext(BellContext)
  const client = useQueryClient()
  return async (ids) => {
    if (!markRead) return null
    client.setQueryData<FrameAnswer>(queryKey, (bell) => bell && withRead(bell, ids))
    const result = await markRead({ ids })
    await client.invalidateQueries({ queryKey })
    return result
  }
}

function withRead(
  { unread, newest, ...rest }: FrameAnswer,
  ids: readonly string[] | null,
): FrameAnswer {
  const readAt = new Date().toISOString()
  const marked = newest.map((notice) =>
    notice.readAt === null && (ids === null || ids.includes(notice.id))
      ? { ...notice, readAt }
      : notice,
  )
  const fewer = marked.filter((notice, i) => notice !== newest[i]).length
  return { unread: ids === null ? 0 : unread - fewer, newest: marked, ...rest }
}

/** How many requests wait for this person; none while that is not known. */
export const useWaiting = (): number =>
  useBellQuery(useContext(BellContext) !== null).data?.waiting ?? 0

/** As of the last poll; undefined while that is not known, or for who has no bell. */
export const useWorkerHealth = () => useBellQuery(useContext(BellContext) !== null).data?.worker

/**
 * The bell of the top bar: how much is unread, the newest notices as a menu,
 * and the way to all of them.
 */
export function useBell(): TopNavigationProps.MenuDropdownUtility[] {
  const isOffered = useContext(BellContext) !== null
  const { data, error } = useBellQuery(isOffered)
  const markRead = useMarkRead()
  if (!isOffered) return []
  const unread = data?.unread ?? 0
  const state = error
    ? `could not be read: ${error.message}`
    : !data
      ? 'being read'
      : unread === 0
        ? 'none unread'
        : `${unread >= 100 ? 'more than 99' : unread} unread`
  return [
    {
      type: 'menu-dropdown',
      iconName: 'notification',
      badge: unread > 0,
      title: 'Notifications',
      ariaLabel: `Notifications, ${state}`,
      description: `${state.charAt(0).toUpperCase()}${state.slice(1)}`,
      items: [
        ...itemsOf(data),
        { id: 'read-all', text: 'Mark all as read', disabled: unread === 0 },
        { id: 'all', text: 'All notifications', href: '/notifications' },
      ],
      onItemClick: ({ detail: { id } }) => {
        if (id === 'read-all') void markRead(null)
        else if (data?.newest.some((notice) => notice.id === id && notice.readAt === null))
          void markRead([id])
      },
    },
  ]
}

/** As much of a title as a phone shows in two lines; the page of notifications has all of it. */
const mostShown = 70

const itemsOf = (bell: FrameAnswer | undefined) =>
  (bell?.newest ?? []).map(({ id, title, href, createdAt, readAt }) => ({
    id,
    text: title.length > mostShown ? `${title.slice(0, mostShown - 1)}…` : title,
    href,
    secondaryText: `${readAt === null ? 'unread · ' : ''}${relativeTime(createdAt, Date.now())}`,
  }))
