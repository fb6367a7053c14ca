import { z } from 'zod'
import { readTrailOfChange } from '@/lib/changes/match/events-of-change'
import { route } from '@/lib/door/route'

/** What CloudTrail shows of one change of a request. */
export const GET = route('requests.read', z.object({ change: z.uuid() }), (permit, { change }) =>
  readTrailOfChange(permit, change),
)
