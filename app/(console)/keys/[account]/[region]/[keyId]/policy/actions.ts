'use server'

import { z } from 'zod'
import { action } from '@/lib/door/action'
import {
  changeDraft as change,
  createDraft as create,
  deleteDraft as remove,
} from '@/lib/drafts/save'

const arn = z.string().min(1).max(2048)
const hash = z.string().min(1).max(128)
// Above what KMS takes: a draft may be too long while it is being written.
const written = {
  arn,
  text: z.string().max(131_072, 'A draft has at most 131,072 characters.'),
  note: z.string().trim().max(200, 'At most 200 characters.'),
}

export const createDraft = action(
  'drafts.write',
  z.object({ ...written, baseHash: hash.nullable() }),
  create,
)
export const changeDraft = action(
  'drafts.write',
  z.object({ ...written, id: z.uuid(), seenAt: z.iso.datetime(), baseHash: hash.optional() }),
  change,
)
export const deleteDraft = action('drafts.write', z.object({ arn, id: z.uuid() }), remove)
