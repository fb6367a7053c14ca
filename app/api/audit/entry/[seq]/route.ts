import { z } from 'zod'
import { getEntry } from '@/lib/audit/page'
import { route } from '@/lib/door/route'

export const GET = route(
  'audit.read',
  z.object({ seq: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) }),
  (permit, { seq }) => getEntry(permit, seq),
)
