import { readAuditPage } from '@/lib/audit/page'
import { scopeOf } from '@/lib/auth/permissions'
import { page } from '@/lib/door/page'
import { listViews } from '@/lib/views/views'
import { failed } from '../failed'
import { deleteTableView, saveTableView } from '../views/actions'
import { AuditView } from './audit-view'

export const metadata = { title: 'Audit log' }

export default page(
  'audit.read',
  async (permit, { search }) => {
    const [first, list] = await Promise.all([
      readAuditPage(permit, search),
      listViews(permit, 'audit'),
    ])
    return (
      <AuditView
        first={first}
        views={{ list, save: saveTableView, remove: deleteTableView }}
        mayExport={scopeOf(permit.actor.assigned, 'audit.export') !== null}
      />
    )
  },
  failed,
)
