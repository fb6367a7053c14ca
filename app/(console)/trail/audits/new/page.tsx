import { listChoosableAccounts } from '@/lib/changes/usage-audit/choose-keys'
import { page } from '@/lib/door/page'
import { failed } from '../../../failed'
import { NewAuditView } from './new-audit-view'

export const metadata = { title: 'New usage audit' }

export default page(
  'trail.audit',
  async (permit, { search: { key } }) => (
    <NewAuditView
      accounts={await listChoosableAccounts(permit)}
      keys={[key ?? []].flat().join('\n')}
    />
  ),
  failed,
)
