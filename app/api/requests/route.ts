import { tablesOfWaiting } from '@/lib/changes/read/tables-of-requests'
import { listRequests, requestsQuery } from '@/lib/changes/read/list-requests'
import { route } from '@/lib/door/route'

/** One box of requests, as its page shows it. */
export const GET = route(
  'requests.read',
  requestsQuery,
  (permit, query) => listRequests(permit, query),
  { madeOf: { tables: [...tablesOfWaiting, 'Account'], atMostSeconds: 60 } },
)
