import type { ReactNode } from 'react'
import { page } from '@/lib/door/page'
import type { KeyDetail } from '@/lib/inventory/key-detail'
import { getKey } from '@/lib/inventory/read'
import { scopeOf } from '@/lib/auth/permissions'
import type { Permit } from '@/lib/auth/permit'
import { failed } from '../../../../failed'
import { KeyFrame } from './key-frame'
import type { KeyTab } from './key-tabs'

/** One tab of a key: read the key within the person's scope, and put the tab's view into the frame all tabs share. */
export const keyTab = (tab: KeyTab, show: (detail: KeyDetail, permit: Permit<'keys.read'>) => ReactNode) =>
  page('keys.read', async (permit, { params }) => {
    const { account = '', region = '', keyId = '' } = params
    const detail = await getKey(permit, { accountId: account, region, keyId })
    const refresh = scopeOf(permit.actor.assigned, 'keys.refresh')
    const mayRefresh = refresh !== null && (refresh.all || refresh.accountIds.includes(account))
    return <KeyFrame detail={detail} tab={tab} mayRefresh={mayRefresh}>{show(detail, permit)}</KeyFrame>
  }, failed)
