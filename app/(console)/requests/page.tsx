import { boxes, listRequests, requestsQuery } from '@/lib/changes/read/list-requests'
import type { Permit } from '@/lib/auth/permit'
import { page } from '@/lib/door/page'
import { failed } from '../failed'
import { RequestsView } from './requests-view'

export const metadata = { title: 'Requests' }

export default page(
  'requests.read',
  async (permit, { search }) => {
    const { box, ...query } = requestsQuery.catch(requestsQuery.parse({})).parse(search)
    const isChosen = boxes.some((one) => one === search.box)
    const asked = { ...query, box: isChosen ? box : await usualBox(permit) }
    return (
      <RequestsView
        first={{ query: asked, answer: await listRequests(permit, asked) }}
        usual={asked.box}
      />
    )
  },
  failed,
)

/** What waits for the person, else what they asked for themselves, else everything. */
async function usualBox(permit: Permit<'requests.read'>): Promise<(typeof boxes)[number]> {
  const nothingElse = { text: '', page: 1 }
  if ((await listRequests(permit, { ...nothingElse, box: 'waiting' })).waiting > 0) return 'waiting'
  return (await listRequests(permit, { ...nothingElse, box: 'mine' })).total > 0 ? 'mine' : 'all'
}
