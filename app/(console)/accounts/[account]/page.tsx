import type { Metadata } from 'next'
import { getAccountCoverage, listAccounts } from '@/lib/accounts/read'
import { page } from '@/lib/door/page'
import { AppError } from '@/lib/errors'
import { plain } from '@/lib/inventory/plain'
import { failed } from '../../failed'
import { CoverageView } from './coverage-view'

export const metadata: Metadata = { title: 'Account' }

export default page(
  'accounts.read',
  async (permit, { params: { account: id = '' } }) => {
    const [account] = await listAccounts(permit, id)
    if (!account)
      throw new AppError('not_found', 'There is no such account among those you may see.')
    return (
      <CoverageView account={plain(account)} {...plain(await getAccountCoverage(permit, id))} />
    )
  },
  failed,
)
