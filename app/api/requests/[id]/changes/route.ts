import { z } from 'zod'
import { listChanges } from '@/lib/changes/read/get-request'
import { route } from '@/lib/door/route'

/** Changes of a request whole: the one that was opened, or all of them for paper. */
export const GET = route(
  'requests.read',
  z.object({ id: z.uuid(), change: z.uuid().optional() }),
  (permit, { id, change }) => listChanges(permit, id, change),
)
