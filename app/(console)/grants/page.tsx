import { scopeOf } from '@/lib/auth/permissions'
import { page } from '@/lib/door/page'
import { readGrantsPage } from '@/lib/grants/table'
import { listViews } from '@/lib/views/views'
import { failed } from '../failed'
import { askingOf } from './asking'
import { GrantsView } from './grants-view'

export const metadata = { title: 'Grants' }

export default page(
  'grants.read',
  async (permit, { search }) => {
    const [first, views] = await Promise.all([
      readGrantsPage(permit, search),
      listViews(permit, 'grants'),
    ])
    const mayExport = scopeOf(permit.actor.assigned, 'keys.export') !== null
    return (
      <GrantsView
        first={first}
        views={views}
        mayExport={mayExport}
        asking={askingOf(permit.actor.assigned)}
      />
    )
  },
  failed,
)
