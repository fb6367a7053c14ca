import { z } from 'zod'
import { compareKeys } from '@/lib/access/compare-keys'
import { route } from '@/lib/door/route'

const arn = z.string().min(1).max(300)

export const GET = route('access.read', z.object({ a: arn, b: arn }), (permit, { a, b }) =>
  compareKeys(permit, a, b),
)
