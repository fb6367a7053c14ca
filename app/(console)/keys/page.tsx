import { scopeOf } from '@/lib/auth/permissions'
import { page } from '@/lib/door/page'
import { readKeysPage } from '@/lib/inventory/table/keys-page'
import { listViews } from '@/lib/views/views'
import { failed } from '../failed'
import { KeysView } from './keys-view'

export const metadata = { title: 'Keys' }

export default page(
  'keys.read',
  async (permit, { search }) => {
    const [first, views] = await Promise.all([
      readKeysPage(permit, search),
      listViews(permit, 'keys'),
    ])
    const mayExport = scopeOf(permit.actor.assigned, 'keys.export') !== null
    const mayRequest = scopeOf(permit.actor.assigned, 'requests.create') !== null
    return <KeysView first={first} views={views} mayExport={mayExport} mayRequest={mayRequest} />
  },
  failed,
)
