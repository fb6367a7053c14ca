import type { Metadata } from 'next'
import { z } from 'zod'
import { scopeOf } from '@/lib/auth/permissions'
import { page } from '@/lib/door/page'
import { AppError } from '@/lib/errors'
import { listSessions } from '@/lib/settings/sessions'
import { failed } from '../../failed'
import { SessionsView } from './sessions-view'

export const metadata: Metadata = { title: 'Sessions' }

const person = z.uuid().nullable()

export default page(
  'people.read',
  async (permit, { search }) => {
    const asked = person.safeParse(search.person ?? null)
    if (!asked.success) throw new AppError('invalid', 'This address names no person.')
    const listed = await listSessions(permit, asked.data)
    const mayManage = scopeOf(permit.actor.assigned, 'people.manage') !== null
    return <SessionsView {...listed} ofOne={asked.data !== null} mayManage={mayManage} />
  },
  failed,
)
