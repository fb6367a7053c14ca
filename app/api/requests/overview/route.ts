import { z } from 'zod'
import { getRequestsOverview } from '@/lib/changes/read/overview'
import { route } from '@/lib/door/route'

/** What needs somebody today: for the overview and the navigation. */
export const GET = route('requests.read', z.object({}), (permit) => getRequestsOverview(permit))
