import type { Metadata } from 'next'
import { scopeOf } from '@/lib/auth/permissions'
import { page } from '@/lib/door/page'
import { readOwnerTag } from '@/lib/settings/owner-tag'
import { readStorage } from '@/lib/settings/storage'
import { failed } from '../../failed'
import { InstallationView } from './installation-view'

export const metadata: Metadata = { title: 'Installation' }

export default page(
  'settings.read',
  async (permit) => (
    <InstallationView
      ownerTag={await readOwnerTag(permit)}
      storage={await readStorage(permit)}
      mayManage={scopeOf(permit.actor.assigned, 'settings.manage') !== null}
    />
  ),
  failed,
)
