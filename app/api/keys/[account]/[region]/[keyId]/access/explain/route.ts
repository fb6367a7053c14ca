import { z } from 'zod'
import { explainAccess } from '@/lib/access/explain'
import { route } from '@/lib/door/route'

/** `context`: JSON object of condition keys, as it stands in the URL of the question. */
const context = z
  .string()
  .max(8192)
  .default('{}')
  .transform((text, refusal) => {
    try {
      return z.record(z.string(), z.string()).parse(JSON.parse(text))
    } catch {
      refusal.addIssue({ code: 'custom', message: 'The context is a JSON object of texts.' })
      return z.NEVER
    }
  })
const input = z.object({
  account: z.string(),
  region: z.string(),
  keyId: z.string(),
  principal: z.string().min(1).max(2048),
  action: z.string().min(1).max(128),
  context,
  complete: z.enum(['0', '1']).default('0'),
})

export const GET = route(
  'access.read',
  input,
  (permit, { account, region, keyId, principal, action, context: known, complete }) =>
    explainAccess(
      permit,
      { accountId: account, region, keyId },
      { principal, action, context: known, complete: complete === '1' },
    ),
)
