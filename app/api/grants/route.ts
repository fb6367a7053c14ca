import { z } from 'zod'
import { route } from '@/lib/door/route'
import { readGrantsPage } from '@/lib/grants/table'

/** The fleet table of grants, as its page shows it. */
export const GET = route('grants.read', z.record(z.string(), z.unknown()), (permit, search) =>
  readGrantsPage(permit, search),
)
