import 'server-only'
import { permissions, type Role } from '../../auth/permissions'
import { sql, type Queryable, type Sql } from '../../db/client'

export const hrefOf = (requestId: string): string => `/requests/${requestId}`

/**
 * SQL of a condition: the person holds one of the roles now for this account, by default that of a
 * change (c).
 */
export const holdsOneOf = (
  person: Sql,
  roles: readonly Role[],
  accountId = sql`c."accountId"`,
): Sql =>
  sql`EXISTS (SELECT 1 FROM "Assignment" s
    WHERE s."personId" = ${person} AND s."role"::text = ANY(${roles}::text[])
    AND (s."accountId" IS NULL OR s."accountId" = ${accountId}))`
/** Roles that see the changes of others. */
export const readers = permissions['requests.read'].roles

/** Returns whom news of a change concerns: who asked, and who decided. */
export async function listConcerned(
  q: Queryable,
  change: { id: string; request: { requesterId: string } },
): Promise<string[]> {
  const rows = await q.query<{ personId: string }>(
    sql`SELECT a."personId" FROM "Approval" a JOIN "Change" c ON c."id" = a."changeId"
      WHERE a."changeId" = ${change.id}::uuid AND ${holdsOneOf(sql`a."personId"`, readers)}`,
  )
  return [...new Set([change.request.requesterId, ...rows.map((row) => row.personId)])]
}
