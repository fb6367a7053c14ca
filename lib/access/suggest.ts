import 'server-only'
import type { Permit } from '../auth/permit'
import { sql } from '../db/client'
import { accountsOf, withinAccounts } from '../db/scope'
import { containing, Params } from '../table/sql'
import { nameOfPrincipal } from './principal-facts'

export type Suggestion = { id: string; name: string; kind: string; accountId: string }

/** Returns users and roles in the person's scope whose ARN has every word in it. */
export async function suggestPrincipals(
  permit: Permit<'access.read'>,
  text: string,
): Promise<Suggestion[]> {
  const params = new Params()
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 5)
  const conditions = [
    `"kind" IN ('user', 'role')`,
    `"goneAt" IS NULL`,
    ...words.map((word) => `lower("arn") LIKE ${params.add(containing(word))}`),
    withinAccounts('"accountId"', params.add(accountsOf(permit.scope))),
  ]
  const rows = await sql.query<{ arn: string; kind: string; accountId: string }>(
    `SELECT "arn", "kind", "accountId" FROM "IamEntity" WHERE ${conditions.join(' AND ')}
      ORDER BY length("arn"), "arn" LIMIT 25`,
    params.values,
  )
  return rows.map(({ arn, kind, accountId }) => ({
    id: arn,
    name: nameOfPrincipal(arn),
    kind,
    accountId,
  }))
}
