import { z } from 'zod'
import { listKeysOf } from '@/lib/access/of-principal'
import { route } from '@/lib/door/route'

const input = z.object({
  principal: z.string().min(1).max(2048),
  page: z.coerce.number().int().min(1).max(1000).catch(1),
  only: z.enum(['all', 'reached', 'decrypt', 'administer']).catch('reached'),
})

export const GET = route('access.read', input, (permit, asked) => listKeysOf(permit, asked))
