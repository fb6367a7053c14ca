import { z } from 'zod'
import { exportUsageAudit } from '@/lib/changes/usage-audit/usage-audits'
import { route } from '@/lib/door/route'

/** Who used what, of a usage audit: all its lines. */
export const GET = route(
  'trail.export',
  z.object({ id: z.string() }),
  async (permit, { id }) =>
    new Response(await exportUsageAudit(permit, id), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="usage-audit.csv"',
        'cache-control': 'private, no-store',
      },
    }),
  { budget: 'exports' },
)
