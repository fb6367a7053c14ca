import { readDeletionFacts } from '@/lib/changes/safe-to-delete/read-facts'
import { page } from '@/lib/door/page'
import { getKeyRow } from '@/lib/inventory/read'
import { failed } from '../../../../../failed'
import { DeletionView } from './deletion-view'

export const metadata = { title: 'Safe to delete?' }

export default page(
  'trail.read',
  async (permit, { params: { account = '', region = '', keyId = '' } }) => {
    const key = await getKeyRow(permit, { accountId: account, region, keyId })
    return <DeletionView facts={await readDeletionFacts(permit, key)} />
  },
  failed,
)
