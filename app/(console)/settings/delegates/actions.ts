'use server'

import { z } from 'zod'
import { boundedTime } from '@/lib/changes/request/bounded-time'
import { action } from '@/lib/door/action'
import { addDelegate, endDelegate as end } from '@/lib/settings/delegates'

const at = boundedTime('Choose a day.')
const person = z.uuid('Choose a person.')

export const nameDelegate = action(
  'requests.decide',
  z.object({
    awayId: person,
    delegateId: person,
    startsAt: at,
    endsAt: at,
    reason: z.string().trim().max(200, 'At most 200 characters.'),
  }),
  addDelegate,
)
export const endDelegate = action(
  'requests.read',
  z.object({ id: z.uuid('This is no id of ours.') }),
  end,
)
