import { z } from 'zod'
import { route } from '@/lib/door/route'
import { listSources } from '@/lib/trail/sources'

/** How each source of CloudTrail events stands, as its page shows it. */
export const GET = route('trail.read', z.object({}), (permit) => listSources(permit))
