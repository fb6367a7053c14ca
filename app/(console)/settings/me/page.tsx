import type { Metadata } from 'next'
import { failed } from '../../failed'
import { page } from '@/lib/door/page'
import { MeView } from './me-view'

export const metadata: Metadata = { title: 'You' }

export default page('keys.read', async () => <MeView />, failed)
