import { z } from 'zod'
import { route } from '@/lib/door/route'
import { readBell } from '@/lib/notify/inbox'

/** What stands under the bell of whoever asks. */
export const GET = route('requests.read', z.object({}), (permit) => readBell(permit))
