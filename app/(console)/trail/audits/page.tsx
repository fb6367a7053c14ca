import { listUsageAudits } from '@/lib/changes/usage-audit/usage-audits'
import { page } from '@/lib/door/page'
import { failed } from '../../failed'
import { AuditsView } from './audits-view'

export const metadata = { title: 'Usage audits' }

export default page(
  'trail.audit',
  async (permit) => <AuditsView audits={await listUsageAudits(permit)} />,
  failed,
)
