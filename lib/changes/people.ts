import 'server-only'
import type { Queryable } from '../db/client'

export const hrefOf = (requestId: string): string => `/requests/${requestId}`

/** Whom news of a change concerns: who asked, and who decided. */
export async function listConcerned(q: Queryable, change: { id: string; request: { requesterId: string } }): Promise<string[]> {
  const rows = await q.query<{ personId: string }>('SELECT "personId" FROM "Approval" WHERE "changeId" = $1', [change.id])
  return [...new Set([change.request.requesterId, ...rows.map((row) => row.personId)])]
}
