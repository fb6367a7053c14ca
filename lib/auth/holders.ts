import 'server-only'
import { sql, type Queryable } from '../db/client'
import { permissions, type Permission } from './permissions'

/** Returns the ids of the people who hold a permission for an account. */
export async function listHolders(
  from: Queryable,
  permission: Permission,
  accountId: string,
): Promise<string[]> {
  const rows = await from.query<{ personId: string }>(
    sql`SELECT DISTINCT s."personId" FROM "Assignment" s
     WHERE s."role"::text = ANY(${permissions[permission].roles}::text[])
       AND (s."accountId" IS NULL OR s."accountId" = ${accountId})`,
  )
  return rows.map(({ personId }) => personId)
}
