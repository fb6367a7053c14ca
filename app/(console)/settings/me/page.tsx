import type { Metadata } from 'next'
import { page } from '@/lib/door/page'
import { readOwnRoles } from '@/lib/settings/read'
import { failed } from '../../failed'
import { MeView } from './me-view'

export const metadata: Metadata = { title: 'You' }

export default page('keys.read', async (permit) => <MeView {...await readOwnRoles(permit)} />, failed)
