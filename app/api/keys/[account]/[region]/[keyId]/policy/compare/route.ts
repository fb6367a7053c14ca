import { z } from 'zod'
import { route } from '@/lib/door/route'
import { compareVersions } from '@/lib/drafts/versions'

const version = z.string().regex(/^\d{1,18}$/)
const input = z.object({
  account: z.string(),
  region: z.string(),
  keyId: z.string(),
  from: version,
  to: version,
})

export const GET = route('access.read', input, (permit, { account, region, keyId, from, to }) =>
  compareVersions(permit, { accountId: account, region, keyId }, from, to),
)
