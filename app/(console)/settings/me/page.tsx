import type { Metadata } from 'next'
import { page } from '@/lib/door/page'
import { readOwnRoles } from '@/lib/settings/read'
import { listOwnSessions } from '@/lib/settings/sessions'
import { failed } from '../../failed'
import { MeView } from './me-view'

export const metadata: Metadata = { title: 'You' }

export default page(
  'keys.read',
  async (permit) => {
    const [own, listed] = await Promise.all([readOwnRoles(permit), listOwnSessions(permit)])
    return <MeView {...own} {...listed} />
  },
  failed,
)
