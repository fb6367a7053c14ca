'use server'

import { z } from 'zod'
import { action } from '@/lib/door/action'
import { markRead } from '@/lib/notify/inbox'

export const markNoticesRead = action(
  'requests.read',
  z.object({ ids: z.array(z.uuid('This is no id of ours.')).max(200).nullable() }),
  markRead,
)
