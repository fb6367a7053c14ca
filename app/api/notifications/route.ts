import { z } from 'zod'
import { findWaiting } from '@/lib/changes/waiting'
import { route } from '@/lib/door/route'
import { readBell, type BellAnswer } from '@/lib/notify/inbox'

/** What stands under the bell of whoever asks, and how many requests wait for them. */
export const GET = route('requests.read', z.object({}), async (permit): Promise<BellAnswer> => {
  const [bell, waiting] = await Promise.all([readBell(permit), findWaiting(permit)])
  return { ...bell, waiting: waiting.size }
})
