'use client'

import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TroubledDelivery } from '@/lib/settings/deliveries'
import type { NotificationView } from '@/lib/settings/notifications'
import { SettingsFrame } from '../settings-frame'
import { ChoicesTable } from './choices-table'
import { WebhooksTable } from './webhooks-table'
import { TroubledTable } from './troubled-table'

type Props = {
  settings: NotificationView
  troubled: { deliveries: TroubledDelivery[]; waiting: number }
  mayManage: boolean
}

export function NotificationSettingsView({ settings, troubled, mayManage }: Props) {
  return (
    <SettingsFrame tab="notifications">
      <SpaceBetween size="l">
        <ChoicesTable key={settings.version} settings={settings} mayManage={mayManage} />
        <WebhooksTable
          webhooks={settings.webhooks}
          allowedHosts={settings.allowedHosts}
          mayManage={mayManage}
        />
        <TroubledTable {...troubled} mayManage={mayManage} />
      </SpaceBetween>
    </SettingsFrame>
  )
}
