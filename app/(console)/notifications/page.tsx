import type { Metadata } from 'next'
import { page } from '@/lib/door/page'
import { listNotices } from '@/lib/notify/inbox'
import { failed } from '../failed'
import { NotificationsView } from './notifications-view'

export const metadata: Metadata = { title: 'Notifications' }

export default page(
  'requests.read',
  async (permit, { search }) => {
    const number = Math.max(1, Number.parseInt(String(search.page ?? '1'), 10) || 1)
    const unreadOnly = search.show === 'unread'
    return (
      <NotificationsView
        {...(await listNotices(permit, { page: number, unreadOnly }))}
        page={number}
        unreadOnly={unreadOnly}
      />
    )
  },
  failed,
)
