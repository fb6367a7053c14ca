import type { Metadata } from 'next'
import { scopeOf } from '@/lib/auth/permissions'
import { page } from '@/lib/door/page'
import { readFourEyes } from '@/lib/settings/four-eyes'
import { listMappings, listScopes } from '@/lib/settings/read'
import { failed } from '../../failed'
import { GroupsView } from './groups-view'

export const metadata: Metadata = { title: 'Groups' }

export default page(
  'settings.read',
  async (permit) => {
    const [mappings, accounts, fourEyes] = await Promise.all([
      listMappings(permit),
      listScopes(permit),
      readFourEyes(permit),
    ])
    const mayManage = scopeOf(permit.actor.assigned, 'settings.manage') !== null
    return (
      <GroupsView
        mappings={mappings}
        accounts={accounts}
        mayManage={mayManage}
        byRequest={fourEyes?.byRequest ?? true}
      />
    )
  },
  failed,
)
