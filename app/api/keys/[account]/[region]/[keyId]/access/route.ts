import { z } from 'zod'
import { listAccess } from '@/lib/access/table'
import { route } from '@/lib/door/route'

const input = z.object({ account: z.string(), region: z.string(), keyId: z.string() })

export const GET = route('access.read', input, (permit, { account, ...key }) =>
  listAccess(permit, { accountId: account, ...key }),
)
