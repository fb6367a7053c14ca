import 'server-only'
import { sql } from '../../db/client'
import type { Conflict } from '../kinds/preflight'
import { kindOf, namesOf } from '../kinds/registry'

type Asked = {
  kind: string
  accountId: string | null
  region: string | null
  keyArn: string | null
  input: unknown
}

const memberOf = (input: unknown, name: string): string | null => {
  const value: unknown =
    typeof input === 'object' && input !== null
      ? Object.entries(input).find(([key]) => key === name)?.[1]
      : null
  return typeof value === 'string' ? value : null
}

/**
 * Returns changes sent and not yet at rest that touch the same key or alias, or ask for the same in
 * the same place.
 */
export async function findConflicts({
  kind,
  accountId,
  region,
  keyArn,
  input,
}: Asked): Promise<Conflict[]> {
  return sql.query<Conflict>(
    `SELECT c."id" AS "changeId", r."id" AS "requestId", r."number", c."title", c."status"::text AS "status"
     FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
     WHERE c."status" IN ('open', 'approved', 'executing', 'reverting') AND CASE WHEN $4::text IS NULL
       THEN c."keyArn" IS NULL AND c."kind" = $1 AND c."accountId" IS NOT DISTINCT FROM $2
         AND c."region" IS NOT DISTINCT FROM $3
       ELSE c."keyArn" = $4 OR c."input"->>'aliasName' = $5 AND c."accountId" = $2 AND c."region" = $3 END
     ORDER BY r."number" LIMIT 20`,
    [kind, accountId, region, keyArn, memberOf(input, 'aliasName')],
  )
}

/**
 * Says why a grant cannot be adopted: it has an owner, a reason and an end already. Null for
 * everything else.
 */
export async function findOwned({ kind, keyArn, input }: Asked): Promise<string | null> {
  const grantId = memberOf(input, 'grantId')
  if (kindOf(kind)?.grant !== 'adopts' || grantId === null) return null
  const [owning] = await sql.query<{ number: number }>(
    `SELECT r."number" FROM "Change" c JOIN "Request" r ON r."id" = c."requestId" WHERE c."keyArn" = $1
       AND c."kind" = ANY($3)
         AND c."status" IN ('open', 'approved', 'executing', 'applied', 'reverting', 'revertFailed')
         AND $2 IN (c."outcome"->>'grantId', c."input"->>'grantId') LIMIT 1`,
    [keyArn, grantId, namesOf('makes', 'adopts')],
  )
  return owning ? `This grant has an owner already, or is about to: R-${owning.number}.` : null
}
