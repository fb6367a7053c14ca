import 'server-only'
import { AppError } from '@/lib/errors'
import { nameOfPrincipal } from '../access/principal-facts'
import type { Permit } from '../auth/permit'
import { sql } from '../db/client'

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
  const scope = permit.scope.all ? null : permit.scope.accountIds
  if (scope && !scope.includes(near))
    throw new AppError('not_found', 'There is no such account among those you may see.')
  const rows = await sql.query<{ arn: string; account: string }>(
    `SELECT found."arn", found."account" FROM (
       SELECT e."arn", e."accountId", coalesce(a."name", e."accountId") AS "account" FROM "IamEntity" e
       LEFT JOIN "Account" a ON a."id" = e."accountId"
       WHERE e."goneAt" IS NULL AND e."kind" IN ('user', 'role')
       UNION ALL
       SELECT 'arn:' || a."partition" || ':iam::' || a."id" || ':root', a."id", a."name"
       FROM "Account" a WHERE a."removedAt" IS NULL
     ) found
     WHERE ($1::text[] IS NULL OR found."accountId" = ANY($1))
       AND strpos(lower(found."arn" || ' ' || found."account"), lower($2)) > 0
     ORDER BY found."accountId" <> $3, found."arn" LIMIT 40`,
    [scope, text, near],
  )
  return rows.map(({ arn, account }) => ({ arn, account, name: nameOfPrincipal(arn) }))
}
