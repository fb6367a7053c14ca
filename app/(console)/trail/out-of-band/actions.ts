'use server'

import { z } from 'zod'
import { reviewOutOfBand } from '@/lib/changes/match/review'
import { action } from '@/lib/door/action'

const decision = z.object({
  accountId: z.string().regex(/^\d{12}$/),
  eventId: z.string().min(1).max(200),
  decision: z.enum(['explained', 'accepted']),
  reason: z.string().trim().min(3, 'Say why, for whoever reads this next year.').max(2000),
})

export const reviewOutOfBandChange = action('outOfBand.review', decision, (permit, input) =>
  reviewOutOfBand(permit, input),
)
