'use server'

import { z } from 'zod'
import { action } from '@/lib/door/action'
import { endUpload, startUpload, undoUpload } from '@/lib/trail/upload'

const named = z.object({ importId: z.number().int().positive().max(2_147_483_647) })

export const startImport = action(
  'trail.manage',
  z.object({ what: z.string().trim().min(1, 'Choose files.').max(4_000) }),
  startUpload,
)
export const endImport = action('trail.manage', named, endUpload)
export const undoImport = action('trail.manage', named, undoUpload)
