'use client'

import AppLayout from '@cloudscape-design/components/app-layout'
import Badge from '@cloudscape-design/components/badge'
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group'
import I18nProvider from '@cloudscape-design/components/i18n'
import messages from '@cloudscape-design/components/i18n/messages/all.en'
import SideNavigation from '@cloudscape-design/components/side-navigation'
import { usePathname } from 'next/navigation'
import { useEffect, useMemo, useState, type ReactNode } from 'react'
import type { Permission } from '@/lib/auth/permissions'
import type { WorkerHealth } from '@/lib/settings/worker-health'
import { BellContext, type MarkRead } from './bell-context'
import { FlashMessages, FlashProvider, useFlash } from './flash'
import { HeldContext } from './held'
import { hydrateAsWide, isNarrow, useRealWidth } from './kit-width'
import { useKitRepairs } from './kit-repairs'
import { activeHrefOf, navigationFor } from './navigation-items'
import { FrameContext, type Frame } from './page-frame'
import { QueryProvider } from './query-provider'
import { RouterLinks } from './router-link'
import { endSession } from './session-client'
import { TopBar, type ShellPerson } from './top-bar'
import { useSystemMode } from './use-appearance'
import { useAwake } from './use-awake'
import { useWaiting, useWorkerHealth } from './use-bell'
import { WorkerBanner } from './worker-banner'

type Props = {
  person: ShellPerson
  held: readonly Permission[]
  notice?: string
  /** As the page was rendered; null for who sees no keys. */
  worker: WorkerHealth | null
  search?: ReactNode
  markRead: MarkRead | null
  children: ReactNode
}

const stillSignedIn = 'The session could not be ended, so you are still signed in. Try again.'

hydrateAsWide()

export function Shell(props: Props) {
  useSystemMode()
  useRealWidth()
  useKitRepairs()
  useAwake()
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <QueryProvider>
        <FlashProvider>
          <RouterLinks />
          <BellContext.Provider value={props.markRead}>
            <Rooms {...props} />
          </BellContext.Provider>
        </FlashProvider>
      </QueryProvider>
    </I18nProvider>
  )
}

/** Where one can go, with the number of requests that wait. */
function useNavigation(held: ReadonlySet<Permission>) {
  const waiting = useWaiting()
  return useMemo(
    () =>
      navigationFor(held, {
        '/requests': waiting > 0 && <Badge color="blue">{waiting} for you</Badge>,
      }),
    [held, waiting],
  )
}

function Rooms({ person, held, notice, worker, search, children }: Props) {
  const pathname = usePathname()
  const [frame, setFrame] = useState<Frame>({})
  const [isNavigationOpen, setNavigationOpen] = useState(true)
  useEffect(() => {
    if (isNarrow()) setNavigationOpen(false)
  }, [pathname])
  const heldSet = useMemo(() => new Set(held), [held])
  const navigation = useNavigation(heldSet)
  const health = useWorkerHealth() ?? worker
  const crumbs = frame.breadcrumbs ?? []
  const flash = useFlash()
  const signOut = () =>
    void endSession().catch(() => flash.failure({ code: 'unexpected', message: stillSignedIn }))
  return (
    <FrameContext.Provider value={setFrame}>
      <header id="top-bar" className="claviger-top-bar">
        <a className="claviger-skip" href="#content">
          Skip to the page
        </a>
        {notice && (
          <p className="claviger-notice" role="note">
            {notice}
          </p>
        )}
        <TopBar person={person} search={search} onSignOut={signOut} />
      </header>
      <AppLayout
        headerSelector="#top-bar"
        navigation={<SideNavigation activeHref={activeHrefOf(pathname)} items={navigation} />}
        navigationWidth={240}
        navigationOpen={isNavigationOpen}
        onNavigationChange={({ detail }) => setNavigationOpen(detail.open)}
        breadcrumbs={
          crumbs.length > 0 ? (
            <BreadcrumbGroup items={[{ text: 'Overview', href: '/' }, ...crumbs]} />
          ) : undefined
        }
        notifications={<FlashMessages />}
        stickyNotifications
        contentType={frame.contentType}
        splitPanel={frame.splitPanel}
        splitPanelOpen={frame.splitPanelOpen ?? false}
        onSplitPanelToggle={({ detail }) => frame.onSplitPanelToggle?.(detail.open)}
        tools={frame.tools}
        toolsHide={!frame.tools}
        content={
          <HeldContext.Provider value={heldSet}>
            <div id="content" tabIndex={-1}>
              {health && <WorkerBanner health={health} />}
              {children}
            </div>
          </HeldContext.Provider>
        }
      />
    </FrameContext.Provider>
  )
}
