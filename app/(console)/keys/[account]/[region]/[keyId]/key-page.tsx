import type { ReactNode } from 'react'
import { page } from '@/lib/door/page'
import type { KeyDetail } from '@/lib/inventory/key-detail'
import { findPause } from '@/lib/accounts/read'
import { getKey } from '@/lib/inventory/read'
import { scopeOf, type Permission } from '@/lib/auth/permissions'
import type { Permit } from '@/lib/auth/permit'
import { failed } from '../../../../failed'
import { KeyFrame } from './key-frame'
import type { KeyTab } from './key-tabs'

/** One tab of a key: read the key within the person's scope, and put the tab's view into the frame all tabs share. */
export const keyTab = (tab: KeyTab, show: (detail: KeyDetail, permit: Permit<'keys.read'>) => ReactNode | Promise<ReactNode>) =>
  page('keys.read', async (permit, { params }) => {
    const { account = '', region = '', keyId = '' } = params
    const detail = await getKey(permit, { accountId: account, region, keyId })
    const pausedAt = await findPause(permit, account)
    const mayHere = (permission: Permission) => {
      const scope = scopeOf(permit.actor.assigned, permission)
      return scope !== null && (scope.all || scope.accountIds.includes(account))
    }
    return <KeyFrame detail={detail} pausedAt={pausedAt} tab={tab} mayRefresh={mayHere('keys.refresh')} mayRequest={mayHere('requests.create')}>{await show(detail, permit)}</KeyFrame>
  }, failed)
