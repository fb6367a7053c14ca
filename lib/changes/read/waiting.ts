import 'server-only'
import { permissions } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { raw, sql } from '../../db/client'
import { isVisible } from '../scope/visible'

/** Does a role held reach the account of change c, or the installation? */
const reaches = (held: 'g' | 'o') =>
  raw(`CASE WHEN c."accountId" IS NULL THEN ${held}."accountId" IS NULL AND ${held}."role" = 'admin'
     ELSE ${held}."accountId" IS NULL OR ${held}."accountId" = c."accountId" END`)
const deciding = permissions['requests.decide'].roles

/**
 * Returns of each request how many of its open changes this person could decide about now: where
 * findDecider (rules/deciders.ts) finds a way, for all in one query.
 */
export async function findWaiting(
  permit: Permit<'requests.read'>,
): Promise<ReadonlyMap<string, number>> {
  const me = permit.actor.id
  const rows = await sql.query<{ requestId: string; changes: number }>(
    sql`WITH me AS (
       SELECT same_people(p."id") AS "id" FROM "Person" p
       WHERE p."id" = ${me}::uuid AND p."disabledAt" IS NULL),
     giver AS (
       SELECT p."id", ARRAY(SELECT same_people(p."id")) AS "people", w."namedBy"
       FROM "Person" p JOIN (
         SELECT ${me}::uuid AS "awayId", NULL::uuid AS "namedBy"
         UNION SELECT s."awayId", nullif(s."createdById", s."awayId") FROM "StandIn" s
         WHERE s."standInId" = ${me}::uuid AND s."endedAt" IS NULL AND s."startsAt" <= claviger_now()
           AND s."endsAt" > claviger_now()) w ON w."awayId" = p."id"
       WHERE p."disabledAt" IS NULL),
     "right" AS (SELECT g."people", g."namedBy", a."role"::text AS "role", a."accountId"
     FROM giver g JOIN "Assignment" a ON a."personId" = g."id"
     WHERE a."role"::text = ANY(${deciding}::text[]))
     SELECT c."requestId", count(*) AS "changes"
     FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
     WHERE c."status" = 'open' AND r."answerBy" > claviger_now() AND ${isVisible(permit)}
       AND EXISTS (SELECT 1 FROM me) AND r."requesterId" NOT IN (SELECT "id" FROM me)
       AND NOT EXISTS (SELECT 1 FROM "Approval" d
         WHERE d."changeId" = c."id" AND d."personId" IN (SELECT "id" FROM me))
       AND EXISTS (
         SELECT 1 FROM "right" g
         WHERE (jsonb_typeof(c."rule"->'roles') <> 'array' OR c."rule"->'roles' ? g."role")
           AND ${reaches('g')}
           AND r."requesterId" <> ALL(g."people")
           AND (g."namedBy" IS NULL OR g."namedBy" NOT IN (SELECT same_people(r."requesterId"))
             AND EXISTS (SELECT 1 FROM "Assignment" o
               WHERE o."personId" = ${me}::uuid AND o."role"::text = ANY(${deciding}::text[])
                 AND ${reaches('o')}))
           AND NOT EXISTS (SELECT 1 FROM change_gainers(c."id") x
           WHERE x = ANY(g."people") OR x IN (SELECT "id" FROM me))
           AND NOT EXISTS (SELECT 1 FROM "Approval" u
           WHERE u."changeId" = c."id"
             AND coalesce(u."forPersonId", u."personId") = ANY(g."people")))
     GROUP BY c."requestId"`,
  )
  return new Map(rows.map(({ requestId, changes }) => [requestId, changes]))
}
