'use server'

import { z } from 'zod'
import { action } from '@/lib/door/action'
import { deleteView, saveView } from '@/lib/views/views'

const view = z.object({
  table: z.string().regex(/^[a-z][A-Za-z]{0,39}$/, 'No table has this name.'),
  name: z.string().trim().min(1, 'Give it a name.').max(80, 'At most 80 characters.'),
  query: z.string().max(8000),
  shared: z.boolean(),
})

/** Keeps what a table shows under a name; of every table. */
export const saveTableView = action('views.save', view, (permit, input) => saveView(permit, input))
export const deleteTableView = action('views.save', z.object({ id: z.uuid() }), (permit, { id }) =>
  deleteView(permit, id),
)
