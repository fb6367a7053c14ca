import { z } from 'zod'
import { readHeld } from '@/lib/access/held/read-held'
import { route } from '@/lib/door/route'

const input = z.object({ principal: z.string().min(1).max(2048) })

export const GET = route('access.read', input, (permit, { principal }) =>
  readHeld(permit, principal),
)
