'use server'

import { z } from 'zod'
import { boundedTime } from '@/lib/changes/request/bounded-time'
import { action } from '@/lib/door/action'
import {
  muteSignal as mute,
  previewSignal as preview,
  setThreshold as set,
  unmuteSignal as unmute,
} from '@/lib/trail/signals/settings'

const name = z.string().max(100)
const threshold = z.int('Write a whole number.')

export const previewSignal = action(
  'settings.read',
  z.object({ name, threshold: threshold.nullable() }),
  preview,
)
export const setThreshold = action('trail.manage', z.object({ name, threshold }), set)
export const muteSignal = action(
  'trail.manage',
  z.object({
    name,
    until: boundedTime('Choose a day.'),
    reason: z.string().trim().min(1, 'Say why.').max(500, 'At most 500 characters.'),
  }),
  mute,
)
export const unmuteSignal = action('trail.manage', z.object({ name }), unmute)
