import { tableRoute } from '@/lib/door/table'
import { grantsSource } from '@/lib/grants/grants-source'

/** The fleet table of grants, as its page shows it or as a download. */
export const GET = tableRoute('grants.read', grantsSource)
