import { z } from 'zod'
import { listRequestAudit } from '@/lib/changes/read/get-request'
import { route } from '@/lib/door/route'

/** What the audit log holds about a request. */
export const GET = route('requests.read', z.object({ id: z.uuid() }), (permit, { id }) =>
  listRequestAudit(permit, id),
)
