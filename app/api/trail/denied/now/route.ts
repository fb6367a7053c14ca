import { z } from 'zod'
import { judgeNow } from '@/lib/access/denied/judge-now'
import { listOf } from '@/lib/door/json-list'
import { route } from '@/lib/door/route'

const asked = z.object({
  principal: z.string().min(1).max(2048),
  key: z.string().min(1).max(2048),
  operation: z.string().min(1).max(128),
  via: z.string().max(256).nullish(),
})
const input = z.object({ asks: listOf(asked, 25) })

/** What policies say now to calls that were refused, in their order. */
export const GET = route('access.read', input, (permit, { asks }) => judgeNow(permit, asks))
