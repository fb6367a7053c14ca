import { z } from 'zod'
import { suggestPrincipals } from '@/lib/access/suggest'
import { route } from '@/lib/door/route'

export const GET = route(
  'access.read',
  z.object({ q: z.string().max(300).default('') }),
  (permit, { q }) => suggestPrincipals(permit, q),
)
