import 'server-only'
import type { Permit } from '../auth/permit'
import { join, sql } from '../db/client'
import { withinAccounts } from '../db/scope'
import { containing } from '../table/sql'
import { nameOfPrincipal } from './principal-facts'

export type Suggestion = { id: string; name: string; kind: string; accountId: string }

/** Returns users and roles in the person's scope whose ARN has every word in it. */
export async function suggestPrincipals(
  permit: Permit<'access.read'>,
  text: string,
): Promise<Suggestion[]> {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 5)
  const conditions = [
    sql`"kind" IN ('user', 'role')`,
    sql`"goneAt" IS NULL`,
    ...words.map((word) => sql`lower("arn") LIKE ${containing(word)}`),
    withinAccounts('"accountId"', permit.scope),
  ]
  const rows = await sql.query<{ arn: string; kind: string; accountId: string }>(
    sql`SELECT "arn", "kind", "accountId" FROM "IamEntity" WHERE ${join(conditions, ' AND ')}
      ORDER BY length("arn"), "arn" LIMIT 25`,
  )
  return rows.map(({ arn, kind, accountId }) => ({
    id: arn,
    name: nameOfPrincipal(arn),
    kind,
    accountId,
  }))
}
