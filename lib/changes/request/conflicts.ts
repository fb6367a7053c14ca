import 'server-only'
import { holding, notAtRest } from '../../change-status'
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
  const touches =
    keyArn === null
      ? sql`c."keyArn" IS NULL AND c."kind" = ${kind}
        AND c."accountId" IS NOT DISTINCT FROM ${accountId}
        AND c."region" IS NOT DISTINCT FROM ${region}`
      : sql`(c."keyArn" = ${keyArn} OR c."input"->>'aliasName' = ${memberOf(input, 'aliasName')}
        AND c."accountId" = ${accountId} AND c."region" = ${region})`
  return sql.query<Conflict>(
    sql`SELECT c."id" AS "changeId", r."id" AS "requestId", r."number", c."title",
       c."status"::text AS "status"
     FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
     WHERE c."status" = ANY(${notAtRest}::"ChangeStatus"[]) AND ${touches}
     ORDER BY r."number" LIMIT 20`,
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
    sql`SELECT r."number" FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
     WHERE c."keyArn" = ${keyArn} AND c."kind" = ANY(${namesOf('makes', 'adopts')})
       AND c."status" = ANY(${holding}::"ChangeStatus"[])
       AND ${grantId} IN (c."outcome"->>'grantId', c."input"->>'grantId') LIMIT 1`,
  )
  return owning ? `This grant has an owner already, or is about to: R-${owning.number}.` : null
}
