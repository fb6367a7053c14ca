import { listRequests, requestsQuery } from '@/lib/changes/list'
import { route } from '@/lib/door/route'

/** One box of requests, as its page shows it. */
export const GET = route('requests.read', requestsQuery, (permit, query) =>
  listRequests(permit, query),
)
