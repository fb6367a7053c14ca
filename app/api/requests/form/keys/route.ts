import { z } from 'zod'
import { listAskedKeys } from '@/lib/changes/request/askable'
import { route } from '@/lib/door/route'

/** What a form must know of keys that were added to it. */
export const GET = route(
  'requests.create',
  z.object({ arns: z.string().min(1).max(20_000) }),
  (permit, { arns }) => listAskedKeys(permit, arns.split(',').slice(0, 100)),
)
