import type { Metadata } from 'next'
import { scopeOf } from '@/lib/auth/permissions'
import { page } from '@/lib/door/page'
import { listMappings, listScopes } from '@/lib/settings/read'
import { failed } from '../../failed'
import { GroupsView } from './groups-view'

export const metadata: Metadata = { title: 'Groups' }

export default page('settings.read', async (permit) => {
  const [mappings, accounts] = await Promise.all([listMappings(permit), listScopes(permit)])
  return <GroupsView mappings={mappings} accounts={accounts} mayManage={scopeOf(permit.actor.assigned, 'settings.manage') !== null} />
}, failed)
