'use client'

import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tabs from '@cloudscape-design/components/tabs'
import { useRouter } from 'next/navigation'
import type { ReactNode } from 'react'
import { useHeld } from '@/components/shell/held'
import { useFrame } from '@/components/shell/page-frame'

const tabs = [
  { id: 'people', label: 'People', href: '/settings', needs: 'people.read' },
  { id: 'sessions', label: 'Sessions', href: '/settings/sessions', needs: 'people.read' },
  { id: 'groups', label: 'Groups', href: '/settings/groups', needs: 'settings.read' },
  { id: 'identities', label: 'Same person', href: '/settings/identities', needs: 'people.read' },
  {
    id: 'approval-rules',
    label: 'Approval rules',
    href: '/settings/approval-rules',
    needs: 'requests.read',
  },
  { id: 'delegates', label: 'Delegates', href: '/settings/delegates', needs: 'requests.read' },
  {
    id: 'installation',
    label: 'Installation',
    href: '/settings/installation',
    needs: 'settings.read',
  },
  { id: 'log-files', label: 'Log files', href: '/settings/log-files', needs: 'settings.read' },
  { id: 'signals', label: 'Signals', href: '/settings/signals', needs: 'settings.read' },
  {
    id: 'notifications',
    label: 'Notifications',
    href: '/settings/notifications',
    needs: 'settings.read',
  },
  { id: 'me', label: 'You', href: '/settings/me', needs: 'keys.read' },
] as const

export function SettingsFrame({
  tab,
  children,
}: {
  tab: (typeof tabs)[number]['id']
  children: ReactNode
}) {
  const router = useRouter()
  const held = useHeld()
  const offered = tabs.filter(({ needs }) => held.has(needs))
  useFrame({ breadcrumbs: [{ text: 'Settings', href: '/settings' }] })
  return (
    <SpaceBetween size="m">
      <Header variant="h1">Settings</Header>
      <Tabs
        ariaLabel="Settings"
        activeTabId={tab}
        onChange={({ detail }) =>
          router.push(tabs.find(({ id }) => id === detail.activeTabId)?.href ?? '/settings')
        }
        tabs={offered.map(({ id, label, href }) => ({
          id,
          label,
          href,
          content: id === tab ? children : null,
        }))}
      />
    </SpaceBetween>
  )
}
