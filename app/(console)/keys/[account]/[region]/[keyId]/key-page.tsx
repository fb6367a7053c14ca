import type { ReactNode } from 'react'
import { page } from '@/lib/door/page'
import { findPause } from '@/lib/accounts/read'
import type { KeyRow } from '@/lib/inventory/key-detail'
import { listOffers } from '@/lib/changes/kinds/offers'
import { getKeyRow } from '@/lib/inventory/read'
import { reachesAccount, scopeOf, type Permission } from '@/lib/auth/permissions'
import type { Permit } from '@/lib/auth/permit'
import { failed } from '../../../../failed'
import { KeyFrame } from './key-frame'
import type { KeyTab } from './key-tabs'

type TabPermission = 'keys.read' | 'access.read' | 'grants.read' | 'trail.read'
type Show<P extends Permission> = (permit: Permit<P>, key: KeyRow) => ReactNode | Promise<ReactNode>

/**
 * One tab of a key under its own permission: the key's row for the frame all tabs share, and
 * what the tab itself reads.
 */
export const keyTab = <P extends TabPermission>(tab: KeyTab, permission: P, show: Show<P>) =>
  page(
    permission,
    async (permit, { params }) => {
      const { account = '', region = '', keyId = '' } = params
      const key = await getKeyRow(permit, { accountId: account, region, keyId })
      const pausedAt = await findPause(permit, account)
      const mayHere = (wanted: Permission) => {
        const scope = scopeOf(permit.actor.assigned, wanted)
        return reachesAccount(scope, account)
      }
      return (
        <KeyFrame
          of={key}
          pausedAt={pausedAt}
          tab={tab}
          mayRefresh={mayHere('keys.refresh')}
          mayRequest={mayHere('requests.create')}
          offers={listOffers(key)}
        >
          {await show(permit, key)}
        </KeyFrame>
      )
    },
    failed,
  )
