'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tabs from '@cloudscape-design/components/tabs'
import { useRouter } from 'next/navigation'
import { useTransition, type ReactNode } from 'react'
import { useFlash } from '@/components/shell/flash'
import { useFrame } from '@/components/shell/page-frame'
import { Identifier } from '@/components/value/identifier'
import { KeyState } from '@/components/value/key-state'
import { Moment } from '@/components/value/moment'
import type { Offer } from '@/lib/changes/kinds/offers'
import type { KeyRow } from '@/lib/inventory/key-detail'
import { refreshKey } from './actions'
import { KeyNotices } from './key-notices'
import { tabs, titleOfKey, type KeyTab } from './key-tabs'
import { RequestMenu } from './request-menu'
import { keyPath } from '@/lib/kms/arn'

type Props = {
  of: KeyRow
  pausedAt: string | null
  tab: KeyTab
  mayRefresh: boolean
  mayRequest: boolean
  /** What can be requested at this key. */
  offers: readonly Offer[]
  children: ReactNode
}

/**
 * Header, what one must know before anything else, and the tabs: the same around each tab of a key.
 */
export function KeyFrame({
  of: key,
  pausedAt,
  tab,
  mayRefresh,
  mayRequest,
  offers,
  children,
}: Props) {
  const router = useRouter()
  useFrame({
    breadcrumbs: [
      { text: 'Keys', href: '/keys' },
      { text: titleOfKey(key), href: keyPath(key) },
    ],
  })
  return (
    <SpaceBetween size="m">
      <div>
        <Header
          variant="h1"
          actions={
            <SpaceBetween direction="horizontal" size="s" alignItems="center">
              <Refresh of={key} mayRefresh={mayRefresh} />
              {key.keyManager !== 'AWS' && (
                <Button href={`${keyPath(key)}/deletion`}>Check deletion</Button>
              )}
              {mayRequest && <RequestMenu keyArn={key.arn} offers={offers} />}
            </SpaceBetween>
          }
        >
          {titleOfKey(key)}
        </Header>
        <Box color="text-body-secondary">
          <SpaceBetween size="xxs">
            <Identifier text={key.arn} />
            <Facts of={key} />
          </SpaceBetween>
        </Box>
      </div>
      <KeyNotices detailKey={key} pausedAt={pausedAt} mayRequest={mayRequest} />
      <Tabs
        ariaLabel="About this key"
        activeTabId={tab}
        onChange={({ detail: { activeTabId } }) =>
          router.push(tabs.find((each) => each.id === activeTabId)?.href(key) ?? keyPath(key))
        }
        tabs={tabs.map(({ id, label, href }) => ({
          id,
          label,
          href: href(key),
          content: id === tab ? children : null,
        }))}
      />
    </SpaceBetween>
  )
}

function Facts({ of: key }: { of: KeyRow }) {
  return (
    <SpaceBetween direction="horizontal" size="m">
      <KeyState state={key.keyState} problem={key.problems.describe} />
      <span>
        {key.account.name} ({key.accountId})
      </span>
      <span>{key.region}</span>
      {key.keySpec && <span>{key.keySpec}</span>}
      {key.keyManager === 'AWS' && <span>AWS managed</span>}
    </SpaceBetween>
  )
}

function Refresh({ of: key, mayRefresh }: { of: KeyRow; mayRefresh: boolean }) {
  const [isPending, start] = useTransition()
  const router = useRouter()
  const flash = useFlash()
  return (
    <SpaceBetween direction="horizontal" size="s" alignItems="center">
      <Box variant="span" color="text-body-secondary">
        Observed <Moment at={key.describedAt} missing="never" />
      </Box>
      {mayRefresh && (
        <Button
          iconName="refresh"
          loading={isPending}
          loadingText="Asking the worker"
          onClick={() =>
            start(async () => {
              const result = await refreshKey({ arn: key.arn })
              if (result.ok)
                flash.success(
                  'The worker reads this key from AWS now. Reload in a few seconds to see what it found.',
                )
              else flash.failure(result.error)
              router.refresh()
            })
          }
        >
          Refresh now
        </Button>
      )}
    </SpaceBetween>
  )
}
