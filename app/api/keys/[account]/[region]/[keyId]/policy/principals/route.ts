import { z } from 'zod'
import { route } from '@/lib/door/route'
import { searchPrincipals } from '@/lib/drafts/principals'

const input = z.object({ account: z.string(), q: z.string().max(2048).default('') })

export const GET = route('access.read', input, (permit, { account, q }) =>
  searchPrincipals(permit, account, q),
)
