import 'server-only'
import { permissions } from '../auth/permissions'
import type { Queryable } from '../db/client'

export const hrefOf = (requestId: string): string => `/requests/${requestId}`

/** Roles that read requests: the parameter of seesChange. */
export const readers = permissions['requests.read'].roles
/** A condition: this person may see a change (c) of somebody else, by what they hold now. */
export const seesChange = (person: string, roles: string): string =>
  `EXISTS (SELECT 1 FROM "Assignment" s WHERE s."personId" = ${person} AND s."role"::text = ANY(${roles}::text[]) AND (s."accountId" IS NULL OR s."accountId" = c."accountId"))`

/** Whom news of a change concerns: who asked, and who decided. */
export async function listConcerned(q: Queryable, change: { id: string; request: { requesterId: string } }): Promise<string[]> {
  const rows = await q.query<{ personId: string }>(
    `SELECT a."personId" FROM "Approval" a JOIN "Change" c ON c."id" = a."changeId" WHERE a."changeId" = $1::uuid AND ${seesChange('a."personId"', '$2')}`, [change.id, readers])
  return [...new Set([change.request.requesterId, ...rows.map((row) => row.personId)])]
}
