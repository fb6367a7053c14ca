import { z } from 'zod'
import { route } from '@/lib/door/route'
import { searchEverything } from '@/lib/inventory/search'

/** Quick search, a keystroke at a time. */
export const GET = route(
  'keys.read',
  z.object({ q: z.string().max(300).default('') }),
  (permit, { q }) => searchEverything(permit, q),
)
