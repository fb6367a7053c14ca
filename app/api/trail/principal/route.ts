import { z } from 'zod'
import { route } from '@/lib/door/route'
import { toPeriod } from '@/lib/trail/usage/period'
import { readPrincipalUse } from '@/lib/trail/usage/read-principal-use'

const input = z.object({ principal: z.string().min(1).max(2048), days: z.string().optional() })

export const GET = route('trail.read', input, (permit, { principal, days }) =>
  readPrincipalUse(permit, principal, toPeriod(days)),
)
