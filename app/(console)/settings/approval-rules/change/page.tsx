import type { Metadata } from 'next'
import { page } from '@/lib/door/page'
import { AppError } from '@/lib/errors'
import { readRulesPage } from '@/lib/settings/approval-rules'
import { failed } from '../../../failed'
import { ChangeRulesView } from './change-rules-view'

export const metadata: Metadata = { title: 'Change the approval rules' }

export default page(
  'requests.create',
  async (permit) => {
    if (!permit.scope.all)
      throw new AppError(
        'conflict',
        'These rules are of every account, and you may ask for changes in some alone. Ask ' +
          'somebody who may ask for changes in every account.',
      )
    return <ChangeRulesView {...(await readRulesPage(permit))} />
  },
  failed,
)
