'use server'

import { z } from 'zod'
import { cancelChanges as cancel, discardDraft as discard } from '@/lib/changes/request/cancel'
import {
  commentOnRequest as comment,
  reviewBreakGlass as review,
} from '@/lib/changes/decide/comment'
import { decideChange as decide } from '@/lib/changes/decide/decide'
import { endNow as end } from '@/lib/changes/decide/end-now'
import { breakGlass as breakTheGlass, sendRequest as send } from '@/lib/changes/request/send'
import { action } from '@/lib/door/action'

const one = z.object({ id: z.uuid() })
const said = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `At most ${most.toLocaleString('en')} characters.`)
const why = said(2_000).min(1, 'Say why.')
const hash = z.string().min(1).max(200)

export const sendRequest = action('requests.create', one, send)
export const discardDraft = action('requests.create', one, discard)
export const breakGlass = action('requests.breakGlass', one.extend({ reason: why }), breakTheGlass)
export const cancelChanges = action(
  'requests.create',
  z.object({ requestId: z.uuid(), changeId: z.uuid().nullable(), reason: said(2_000) }),
  cancel,
)
// By requests.read: a delegate may hold no role that decides; the
// function asks for the very change.
export const decideChange = action(
  'requests.read',
  z.object({
    changeId: z.uuid(),
    decision: z.enum(['approve', 'reject']),
    comment: said(4_000),
    requestHash: hash,
    baselineHash: hash,
    acknowledged: z
      .array(z.string().regex(/^\d{12}$/))
      .max(1_000)
      .default([]),
  }),
  decide,
)
export const endNow = action('requests.create', z.object({ changeId: z.uuid(), reason: why }), end)
export const commentOnRequest = action(
  'requests.read',
  z.object({ requestId: z.uuid(), text: said(4_000).min(1, 'Say something.') }),
  comment,
)
export const reviewBreakGlass = action(
  'requests.decide',
  z.object({ requestId: z.uuid(), note: said(4_000).min(1, 'Say what you found.') }),
  review,
)
