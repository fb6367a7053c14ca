import type { Metadata } from 'next'
import { scopeOf } from '@/lib/auth/permissions'
import { page } from '@/lib/door/page'
import { listIdentities, listSamePeople } from '@/lib/settings/person-links'
import { failed } from '../../failed'
import { IdentitiesView } from './identities-view'

export const metadata: Metadata = { title: 'Same person' }

export default page(
  'people.read',
  async (permit) => {
    const mayManage = scopeOf(permit.actor.assigned, 'people.manage') !== null
    const [same, identities] = await Promise.all([
      listSamePeople(permit),
      mayManage ? listIdentities(permit) : [],
    ])
    return <IdentitiesView same={same} identities={identities} mayManage={mayManage} />
  },
  failed,
)
