import type { Metadata } from 'next'
import { scopeOf } from '@/lib/auth/permissions'
import { page } from '@/lib/door/page'
import { listIdentities, listLinkedIdentities } from '@/lib/settings/linked-identities'
import { failed } from '../../failed'
import { IdentitiesView } from './identities-view'

export const metadata: Metadata = { title: 'Same person' }

export default page(
  'people.read',
  async (permit) => {
    const mayManage = scopeOf(permit.actor.assigned, 'people.manage') !== null
    const [same, identities] = await Promise.all([
      listLinkedIdentities(permit),
      mayManage ? listIdentities(permit) : [],
    ])
    return <IdentitiesView same={same} identities={identities} mayManage={mayManage} />
  },
  failed,
)
