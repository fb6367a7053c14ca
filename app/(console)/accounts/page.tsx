import type { Metadata } from 'next'
import { scopeOf } from '@/lib/auth/permissions'
import { listAccounts, listRunningSweeps } from '@/lib/accounts/read'
import { page } from '@/lib/door/page'
import { plain } from '@/lib/inventory/plain'
import { failed } from '../failed'
import { AccountsView } from './accounts-view'

export const metadata: Metadata = { title: 'Accounts' }

export default page(
  'accounts.read',
  async (permit) => {
    const [accounts, sweeps] = await Promise.all([listAccounts(permit), listRunningSweeps(permit)])
    const holds = (permission: 'accounts.manage' | 'accounts.refresh') =>
      scopeOf(permit.actor.assigned, permission) !== null
    return (
      <AccountsView
        initial={plain({ accounts, ...sweeps })}
        mayManage={holds('accounts.manage')}
        mayRefresh={holds('accounts.refresh')}
      />
    )
  },
  failed,
)
