import { z } from 'zod'
import { route } from '@/lib/door/route'
import { analyzeDraftImpact } from '@/lib/drafts/draft-impact'

const input = z.object({
  account: z.string(),
  region: z.string(),
  keyId: z.string(),
  draft: z.uuid(),
})

export const GET = route('access.read', input, (permit, { account, region, keyId, draft }) =>
  analyzeDraftImpact(permit, { accountId: account, region, keyId }, draft),
)
