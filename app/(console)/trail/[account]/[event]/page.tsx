import { page } from '@/lib/door/page'
import { getEvent } from '@/lib/trail/read'
import { failed } from '../../../failed'
import { EventView } from './event-view'

export const metadata = { title: 'Event' }

export default page(
  'trail.read',
  async (permit, { params: { account = '', event = '' } }) => (
    <EventView {...(await getEvent(permit, { account, event }))} />
  ),
  failed,
)
