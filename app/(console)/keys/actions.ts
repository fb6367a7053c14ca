'use server'

import { z } from 'zod'
import { action } from '@/lib/door/action'
import { deleteView, saveView } from '@/lib/views/views'

const view = z.object({
  name: z.string().trim().min(1, 'Give it a name.').max(80, 'At most 80 characters.'),
  query: z.string().max(8000),
  shared: z.boolean(),
})

export const saveKeysView = action('views.save', view, (permit, input) =>
  saveView(permit, { table: 'keys', ...input }),
)
export const deleteKeysView = action('views.save', z.object({ id: z.uuid() }), (permit, { id }) =>
  deleteView(permit, id),
)
