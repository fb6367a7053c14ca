import { getUsageAudit } from '@/lib/changes/usage-audit/usage-audits'
import { page } from '@/lib/door/page'
import { failed } from '../../../failed'
import { AuditView } from './audit-view'

export const metadata = { title: 'Usage audit' }

export default page(
  'trail.audit',
  async (permit, { params: { id = '' } }) => <AuditView audit={await getUsageAudit(permit, id)} />,
  failed,
)
