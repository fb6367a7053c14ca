'use server'

import { z } from 'zod'
import { reviewExternal } from '@/lib/access/review-external'
import { boundedDay } from '@/lib/changes/request/bounded-time'
import { action } from '@/lib/door/action'
import { deleteView, saveView } from '@/lib/views/views'

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

const view = z.object({
  name: z.string().trim().min(1, 'Give it a name.').max(80, 'At most 80 characters.'),
  query: z.string().max(8000),
  shared: z.boolean(),
})

export const saveExternalView = action('views.save', view, (permit, input) =>
  saveView(permit, { table: 'external', ...input }),
)
export const deleteExternalView = action(
  'views.save',
  z.object({ id: z.uuid() }),
  (permit, { id }) => deleteView(permit, id),
)
