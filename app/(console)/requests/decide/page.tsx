import { z } from 'zod'
import { getRequest } from '@/lib/changes/read/get-request'
import { page } from '@/lib/door/page'
import { AppError } from '@/lib/errors'
import { failed } from '../../failed'
import { mostAtOnce } from '../at-once'
import { DecideView } from './decide-view'
import { NothingToDecide } from './nothing-to-decide'

export const metadata = { title: 'Decide' }

const asked = z.union([z.array(z.uuid()), z.uuid().transform((id) => [id])])

/** Several requests, each shown whole, to be decided about one after another. */
export default page(
  'requests.read',
  async (permit, { search }) => {
    const ids = asked.safeParse(search.id)
    if (!ids.success) return <NothingToDecide />
    const chosen = [...new Set(ids.data)]
    if (chosen.length > mostAtOnce)
      throw new AppError('invalid', `At most ${mostAtOnce} requests are decided about on one page.`)
    const requests = []
    for (const id of chosen) requests.push(await getRequest(permit, id))
    return <DecideView first={requests} />
  },
  failed,
)
