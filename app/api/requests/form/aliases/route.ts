import { z } from 'zod'
import { listAskedAliases } from '@/lib/changes/request/askable'
import { route } from '@/lib/door/route'

const query = z.object({
  account: z.string().regex(/^\d{12}$/),
  region: z.string().max(64),
  q: z.string().max(256).default(''),
})

export const GET = route('requests.create', query, (permit, { account, region, q }) =>
  listAskedAliases(permit, { accountId: account, region, text: q }),
)
