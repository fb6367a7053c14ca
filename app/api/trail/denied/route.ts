import { z } from 'zod'
import { route } from '@/lib/door/route'
import { toPeriod } from '@/lib/trail/usage/period'
import { readDenied } from '@/lib/trail/usage/read-denied'

const input = z.object({ days: z.string().optional() })

export const GET = route('trail.read', input, (permit, { days }) =>
  readDenied(permit, toPeriod(days)),
)
