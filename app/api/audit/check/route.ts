import { z } from 'zod'
import { checkChain, toLines } from '@/lib/audit/check'
import { toFailure } from '@/lib/door/failure'
import { route } from '@/lib/door/route'

/** Recomputes the chain and tells its progress line by line; `last` entries, or all of them. */
export const GET = route(
  'audit.read',
  z.object({ last: z.coerce.number().int().min(1).max(10_000_000).optional() }),
  async (permit, { last }) =>
    toLines(
      checkChain(permit, last ?? null),
      (error) => toFailure(error, 'check of the audit log').message,
    ),
  { budget: 'checks' },
)
