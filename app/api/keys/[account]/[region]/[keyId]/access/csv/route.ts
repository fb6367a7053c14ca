import { z } from 'zod'
import { exportAccess } from '@/lib/access/export-access'
import { route } from '@/lib/door/route'

const input = z.object({ account: z.string(), region: z.string(), keyId: z.string() })

export const GET = route(
  'keys.export',
  input,
  async (permit, { account, ...key }) =>
    new Response(await exportAccess(permit, { accountId: account, ...key }), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="access.csv"',
        'cache-control': 'private, no-store',
      },
    }),
  { budget: 'exports' },
)
