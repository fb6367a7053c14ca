import type { Metadata } from 'next'
import { scopeOf } from '@/lib/auth/permissions'
import { page } from '@/lib/door/page'
import { readFourEyes } from '@/lib/settings/four-eyes'
import { listPeople, listScopes } from '@/lib/settings/read'
import { failed } from '../failed'
import { PeopleView } from './people-view'

export const metadata: Metadata = { title: 'People' }

export default page(
  'people.read',
  async (permit, { search }) => {
    const text = typeof search.q === 'string' ? search.q.trim() : ''
    const number = Math.max(1, Number.parseInt(String(search.page ?? '1'), 10) || 1)
    const [list, accounts, fourEyes] = await Promise.all([
      listPeople(permit, { text, page: number }),
      listScopes(permit),
      readFourEyes(permit),
    ])
    const mayManage = scopeOf(permit.actor.assigned, 'people.manage') !== null
    return (
      <PeopleView
        {...list}
        page={number}
        text={text}
        accounts={accounts}
        mayManage={mayManage}
        ownId={permit.actor.id}
        fourEyes={fourEyes}
      />
    )
  },
  failed,
)
