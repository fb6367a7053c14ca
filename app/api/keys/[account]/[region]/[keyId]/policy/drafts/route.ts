import { z } from 'zod'
import { route } from '@/lib/door/route'
import { listDrafts } from '@/lib/drafts/read'

const input = z.object({ account: z.string(), region: z.string(), keyId: z.string() })

export const GET = route('keys.read', input, (permit, { account, region, keyId }) =>
  listDrafts(permit, { accountId: account, region, keyId }),
)
