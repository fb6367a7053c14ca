import { reachesAccount, scopeOf } from '@/lib/auth/permissions'
import { readOrigin } from '@/lib/changes/match/read-origin'
import { page } from '@/lib/door/page'
import { getEvent } from '@/lib/trail/read'
import { failed } from '../../../failed'
import { EventOrigin } from './event-origin'
import { EventView } from './event-view'

export const metadata = { title: 'Event' }

export default page(
  'trail.read',
  async (permit, { params: { account = '', event = '' } }) => {
    const place = { account, event }
    const [one, origin] = await Promise.all([getEvent(permit, place), readOrigin(permit, place)])
    const mayRequest = reachesAccount(scopeOf(permit.actor.assigned, 'requests.create'), account)
    return (
      <EventView {...one}>
        {origin && <EventOrigin of={origin} event={one.event} mayRequest={mayRequest} />}
      </EventView>
    )
  },
  failed,
)
