import type { Metadata } from 'next'
import { scopeOf } from '@/lib/auth/permissions'
import { page } from '@/lib/door/page'
import { readRulesPage } from '@/lib/settings/approval-rules'
import { failed } from '../../failed'
import { RulesView } from './rules-view'

export const metadata: Metadata = { title: 'Approval rules' }

export default page(
  'requests.read',
  async (permit) => {
    const mayAsk = scopeOf(permit.actor.assigned, 'requests.create')?.all ?? false
    return <RulesView {...(await readRulesPage(permit))} mayAsk={mayAsk} />
  },
  failed,
)
