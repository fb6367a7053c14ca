import { z } from 'zod'
import { tablesOfWaiting } from '@/lib/changes/read/tables-of-requests'
import { getRequestsOverview } from '@/lib/changes/read/overview'
import { route } from '@/lib/door/route'

/** What needs somebody today: for the overview and the navigation. */
export const GET = route(
  'requests.read',
  z.object({}),
  (permit) => getRequestsOverview(permit),
  // What is due within a day and troubled for minutes: five more make no difference.
  { madeOf: { tables: tablesOfWaiting, atMostSeconds: 300 } },
)
