import { z } from 'zod'
import { getRequest } from '@/lib/changes/read/get-request'
import { tablesOfOne } from '@/lib/changes/read/tables-of-requests'
import { route } from '@/lib/door/route'

/** One request with everything about it, read again while it moves. */
export const GET = route(
  'requests.read',
  z.object({ id: z.uuid() }),
  (permit, { id }) => getRequest(permit, id),
  { madeOf: { tables: tablesOfOne, atMostSeconds: 60 } },
)
