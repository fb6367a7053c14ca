import { z } from 'zod'
import { readAuditPage } from '@/lib/audit/page'
import { route } from '@/lib/door/route'

/** A page of the audit log, as its page shows it. */
export const GET = route('audit.read', z.record(z.string(), z.unknown()), (permit, search) =>
  readAuditPage(permit, search),
)
