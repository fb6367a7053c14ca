import 'server-only'
import { AppError } from '@/lib/errors'
import { nameOfPrincipal } from '../access/principal-facts'
import { reachesAccount } from '../auth/permissions'
import type { Permit } from '../auth/permit'
import { sql } from '../db/client'
import { withinAccounts } from '../db/scope'

export type KnownPrincipal = { arn: string; name: string; account: string }

/**
 * Users, roles and accounts whose ARN or account name holds a text, within the person's
 * scope; those of `near` first.
 */
export async function searchPrincipals(
  permit: Permit<'access.read'>,
  near: string,
  text: string,
): Promise<KnownPrincipal[]> {
  if (!reachesAccount(permit.scope, near))
    throw new AppError('not_found', 'There is no such account among those you may see.')
  const rows = await sql.query<{ arn: string; account: string }>(
    sql`SELECT found."arn", found."account" FROM (
       SELECT e."arn", e."accountId", coalesce(a."name", e."accountId") AS "account" FROM "IamEntity" e
       LEFT JOIN "Account" a ON a."id" = e."accountId"
       WHERE e."goneAt" IS NULL AND e."kind" IN ('user', 'role')
       UNION ALL
       SELECT 'arn:' || a."partition" || ':iam::' || a."id" || ':root', a."id", a."name"
       FROM "Account" a WHERE a."removedAt" IS NULL
     ) found
     WHERE ${withinAccounts('found."accountId"', permit.scope)}
       AND strpos(lower(found."arn" || ' ' || found."account"), lower(${text})) > 0
     ORDER BY found."accountId" <> ${near}, found."arn" LIMIT 40`,
  )
  return rows.map(({ arn, account }) => ({ arn, account, name: nameOfPrincipal(arn) }))
}
