import { z } from 'zod'
import { post } from '@/lib/door/post'
import { takeUpload } from '@/lib/trail/upload'

/** One file, as it is: no form around it. */
export const POST = post(
  'trail.manage',
  z.object({
    importId: z.coerce.number().int().positive(),
    name: z.string().min(1).max(1_000),
  }),
  takeUpload,
)
