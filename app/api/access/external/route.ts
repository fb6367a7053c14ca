import { externalSource } from '@/lib/access/external-source'
import { tableRoute } from '@/lib/door/table'

/** The fleet table of external access, as its page shows it or as a download. */
export const GET = tableRoute('access.read', externalSource)
