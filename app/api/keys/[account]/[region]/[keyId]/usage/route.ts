import { z } from 'zod'
import { route } from '@/lib/door/route'
import { getKeyRow } from '@/lib/inventory/read'
import { toPeriod } from '@/lib/trail/usage/period'
import { readKeyUsage } from '@/lib/trail/usage/read-key-usage'

const input = z.object({
  account: z.string(),
  region: z.string(),
  keyId: z.string(),
  days: z.string().optional(),
})

export const GET = route('trail.read', input, async (permit, { account, days, ...place }) => {
  const key = await getKeyRow(permit, { accountId: account, ...place })
  return readKeyUsage(permit, key, toPeriod(days))
})
