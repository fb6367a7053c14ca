import 'server-only'
import { holding, notAtRest } from '../../change-status'
import { sql } from '../../db/client'
import type { Conflict } from '../kinds/preflight'
import { kindOf, namesOf } from '../kinds/registry'

type Asked = {
  /** Of a change that is stored already, which is no conflict of its own. */
  id?: string
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
export async function findConflicts(asked: Asked): Promise<Conflict[]> {
  return (await findConflictsOf([asked]))[0] ?? []
}

/** As `findConflicts`, of each of several changes, in one statement. */
export async function findConflictsOf(asked: readonly Asked[]): Promise<Conflict[][]> {
  if (asked.length === 0) return []
  const questions = asked.map(({ id, kind, accountId, region, keyArn, input }, n) => ({
    n,
    id: id ?? null,
    kind,
    accountId,
    region,
    keyArn,
    aliasName: memberOf(input, 'aliasName'),
  }))
  const rows = await sql.query<Conflict & { n: number }>(
    sql`WITH q AS MATERIALIZED (
       SELECT * FROM jsonb_to_recordset(${JSON.stringify(questions)}::jsonb)
         AS q("n" integer, "id" uuid, "kind" text, "accountId" text, "region" text, "keyArn" text,
           "aliasName" text)),
     under AS MATERIALIZED (
       SELECT c."id", c."requestId", c."title", c."status", c."kind", c."accountId", c."region",
         c."keyArn", c."position", c."input"->>'aliasName' AS "aliasName"
       FROM "Change" c WHERE c."status" = ANY(${notAtRest}::"ChangeStatus"[])),
     touching AS (
       SELECT q."n", c."id" FROM q JOIN under c ON c."keyArn" = q."keyArn"
       UNION SELECT q."n", c."id" FROM q JOIN under c ON c."aliasName" = q."aliasName"
         AND c."accountId" = q."accountId" AND c."region" = q."region"
       WHERE q."keyArn" IS NOT NULL
       UNION SELECT q."n", c."id" FROM q JOIN under c ON c."kind" = q."kind"
         AND c."accountId" IS NOT DISTINCT FROM q."accountId"
         AND c."region" IS NOT DISTINCT FROM q."region"
       WHERE q."keyArn" IS NULL AND c."keyArn" IS NULL),
     ranked AS (
       SELECT t."n", c."id" AS "changeId", r."id" AS "requestId", r."number", c."title",
         c."status"::text AS "status",
         row_number() OVER (PARTITION BY t."n" ORDER BY r."number", c."position") AS "place"
       FROM touching t JOIN q ON q."n" = t."n" JOIN under c ON c."id" = t."id"
       JOIN "Request" r ON r."id" = c."requestId"
       WHERE c."id" IS DISTINCT FROM q."id")
     SELECT "n", "changeId", "requestId", "number", "title", "status" FROM ranked
     WHERE "place" <= 20 ORDER BY "n", "place"`,
  )
  const found: Conflict[][] = asked.map(() => [])
  for (const { n, ...conflict } of rows) found[n]?.push(conflict)
  return found
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
