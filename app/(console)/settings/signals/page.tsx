import type { Metadata } from 'next'
import { page } from '@/lib/door/page'
import { listSignals } from '@/lib/trail/signals/settings'
import { failed } from '../../failed'
import { SignalsView } from './signals-view'

export const metadata: Metadata = { title: 'Signals' }

export default page(
  'settings.read',
  async (permit) => <SignalsView signals={await listSignals(permit)} />,
  failed,
)
