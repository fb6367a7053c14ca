import 'server-only'
import { AppError } from '@/lib/errors'
import { nameOfPrincipal } from '../access/principal-facts'
import { reachesAccount } from '../auth/permissions'
import type { Permit } from '../auth/permit'
import { sql } from '../db/client'
import { withinAccounts } from '../db/scope'
import { readAskers } from '../inventory/search-things'

export type KnownPrincipal = { arn: string; name: string; account: string }

const most = 40
/** Other accounts whose name has the text: of so many the users and roles are listed. */
const mostAccounts = 3

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
  const asked = text.toLowerCase()
  const within = withinAccounts('a."id"', permit.scope)
  const [ofAccounts, elsewhere] = await Promise.all([
    sql.query<Found>(
      sql`SELECT found.* FROM (
        SELECT a."id" AS "accountId", a."name" AS "account",
          'arn:' || a."partition" || ':iam::' || a."id" || ':root' AS "arn"
        FROM "Account" a WHERE a."removedAt" IS NULL AND ${within}
        UNION ALL
        SELECT o.id, coalesce(a."name", o.id), e."arn"
        FROM (SELECT ${near} AS id UNION (SELECT a."id" FROM "Account" a
          WHERE strpos(lower(a."name"), ${asked}) > 0 AND ${within}
          ORDER BY a."id" LIMIT ${mostAccounts})) o
        LEFT JOIN "Account" a ON a."id" = o.id
        CROSS JOIN LATERAL (SELECT e."arn" FROM "IamEntity" e
          WHERE e."accountId" = o.id AND e."goneAt" IS NULL AND e."kind" IN ('user', 'role')
            AND strpos(lower(e."arn" || ' ' || coalesce(a."name", o.id)), ${asked}) > 0
          ORDER BY e."arn" LIMIT ${most}) e) found
      WHERE strpos(lower(found."arn" || ' ' || found."account"), ${asked}) > 0
      ORDER BY found."accountId" <> ${near}, found."arn" LIMIT ${most}`,
    ),
    readAskers(permit.scope, [asked], most),
  ])
  const found = [
    ...ofAccounts,
    ...elsewhere.map(({ id, accountId, accountName }) => ({
      arn: id,
      accountId,
      account: accountName,
    })),
  ]
  return [...new Map(found.map((one) => [one.arn, one])).values()]
    .sort(
      (a, b) =>
        Number(a.accountId !== near) - Number(b.accountId !== near) || (a.arn < b.arn ? -1 : 1),
    )
    .slice(0, most)
    .map(({ arn, account }) => ({ arn, account, name: nameOfPrincipal(arn) }))
}

type Found = { arn: string; accountId: string; account: string }
