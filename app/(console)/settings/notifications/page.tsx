import type { Metadata } from 'next'
import { scopeOf } from '@/lib/auth/permissions'
import { page } from '@/lib/door/page'
import { listTroubledDeliveries } from '@/lib/settings/deliveries'
import { readNotifications } from '@/lib/settings/notifications'
import { failed } from '../../failed'
import { NotificationSettingsView } from './notification-settings-view'

export const metadata: Metadata = { title: 'Notification settings' }

export default page(
  'settings.read',
  async (permit) => {
    const [settings, troubled] = await Promise.all([
      readNotifications(permit),
      listTroubledDeliveries(permit),
    ])
    return (
      <NotificationSettingsView
        settings={settings}
        troubled={troubled}
        mayManage={scopeOf(permit.actor.assigned, 'settings.manage') !== null}
      />
    )
  },
  failed,
)
