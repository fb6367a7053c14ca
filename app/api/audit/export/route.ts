import { z } from 'zod'
import { exportChain, toResponse } from '@/lib/audit/export'
import { route } from '@/lib/door/route'

/** The whole chain up to now, as JSON lines that audit:verify reads. */
export const GET = route(
  'audit.export',
  z.object({}),
  async (permit) => toResponse(await exportChain(permit)),
  { budget: 'exports' },
)
