import { z } from 'zod'
import { route } from '@/lib/door/route'
import { getDraft } from '@/lib/drafts/read'

const input = z.object({
  account: z.string(),
  region: z.string(),
  keyId: z.string(),
  draft: z.uuid(),
})

export const GET = route('keys.read', input, (permit, { account, region, keyId, draft }) =>
  getDraft(permit, { accountId: account, region, keyId }, draft),
)
