import type { Metadata } from 'next'
import { scopeOf } from '@/lib/auth/permissions'
import { page } from '@/lib/door/page'
import { listDelegateScopes, listCandidates, listDelegates } from '@/lib/settings/delegates'
import { failed } from '../../failed'
import { DelegatesView } from './delegates-view'

export const metadata: Metadata = { title: 'Delegates' }

export default page(
  'requests.read',
  async (permit) => {
    const [delegates, candidates, accounts] = await Promise.all([
      listDelegates(permit),
      listCandidates(permit),
      listDelegateScopes(permit),
    ])
    const holds = (permission: 'requests.decide' | 'people.manage' | 'people.read') =>
      scopeOf(permit.actor.assigned, permission) !== null
    return (
      <DelegatesView
        delegates={delegates}
        candidates={candidates}
        accounts={accounts}
        ownId={permit.actor.id}
        mayName={holds('requests.decide')}
        mayNameForOthers={holds('people.manage')}
        seesAll={holds('people.read')}
      />
    )
  },
  failed,
)
