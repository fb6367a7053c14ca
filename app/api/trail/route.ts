import { tableRoute } from '@/lib/door/table'
import { eventsSource } from '@/lib/trail/read'

/** What CloudTrail saw, as its page shows it or as a download. */
export const GET = tableRoute('trail.read', eventsSource)
