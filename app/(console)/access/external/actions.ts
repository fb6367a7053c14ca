'use server'

import { z } from 'zod'
import { reviewExternal } from '@/lib/access/review-external'
import { boundedDay } from '@/lib/changes/request/bounded-time'
import { action } from '@/lib/door/action'

const decision = z.object({
  keyArn: z.string().max(300),
  principal: z.string().min(1).max(2048),
  basis: z.string().regex(/^[0-9a-f]{64}$/),
  decision: z.enum(['accepted', 'toFix']),
  reason: z.string().trim().min(3, 'Say why, for whoever reads this next year.').max(2000),
  until: boundedDay().nullable(),
})

export const reviewExternalAccess = action('external.review', decision, (permit, input) =>
  reviewExternal(permit, input),
)
