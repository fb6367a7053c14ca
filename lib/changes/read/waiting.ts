import 'server-only'
import { permissions } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { raw, sql, type Sql } from '../../db/client'
import { isAmongVisible } from '../scope/visible'

// c: derived.open_change, which has of each open change what says who decides

/** Does a role held reach the account of change c, or the installation? */
const reaches = (held: 'g' | 'o') =>
  raw(`CASE WHEN c.account IS NULL THEN ${held}."accountId" IS NULL AND ${held}."role" = 'admin'
     ELSE ${held}."accountId" IS NULL OR ${held}."accountId" = c.account END`)
const deciding = permissions['requests.decide'].roles

/**
 * WITH, the last of it `waiting`: of each request how many of its open changes this person could
 * decide about now: where findDecider (rules/deciders.ts) finds a way, for all in one query.
 */
export const withWaiting = (permit: Permit<'requests.read'>): Sql => sql`
  ${rightsOf(permit)},
  waiting AS MATERIALIZED (
    SELECT c.request_id AS "requestId", count(*) AS "changes" FROM ${waitingChanges(permit)}
    GROUP BY c.request_id)`

/** Returns of each request how many of its open changes wait for this person. */
export async function findWaiting(
  permit: Permit<'requests.read'>,
): Promise<ReadonlyMap<string, number>> {
  const rows = await sql.query<{ requestId: string; changes: number }>(
    sql`${withWaiting(permit)} SELECT * FROM waiting`,
  )
  return new Map(rows.map(({ requestId, changes }) => [requestId, changes]))
}

/** Counts the requests that findWaiting returns. */
export async function countWaiting(permit: Permit<'requests.read'>): Promise<number> {
  const [row] = await sql.query<{ requests: number }>(
    sql`${rightsOf(permit)}
     SELECT count(DISTINCT c.request_id) AS "requests" FROM ${waitingChanges(permit)}`,
  )
  return row?.requests ?? 0
}

/** Who the person is and whose rights they have, worked out once for all changes. */
const rightsOf = ({ actor }: Permit<'requests.read'>): Sql => sql`
  WITH me AS MATERIALIZED (
    SELECT ARRAY(SELECT same_people(p."id")) AS "ids" FROM "Person" p
    WHERE p."id" = ${actor.id}::uuid AND p."disabledAt" IS NULL),
  giver AS MATERIALIZED (
    SELECT p."id", ARRAY(SELECT same_people(p."id")) AS "people", w."namedBy"
    FROM "Person" p JOIN (
      SELECT ${actor.id}::uuid AS "awayId", NULL::uuid AS "namedBy"
      UNION SELECT s."awayId", nullif(s."createdById", s."awayId") FROM "Delegate" s
      WHERE s."delegateId" = ${actor.id}::uuid AND s."endedAt" IS NULL
        AND s."startsAt" <= claviger_now() AND s."endsAt" > claviger_now()) w ON w."awayId" = p."id"
    WHERE p."disabledAt" IS NULL),
  "right" AS MATERIALIZED (
    SELECT g."people", g."namedBy", a."role"::text AS "role", a."accountId"
    FROM giver g JOIN "Assignment" a ON a."personId" = g."id"
    WHERE a."role"::text = ANY(${deciding}::text[])),
  decided AS MATERIALIZED (
    SELECT d."changeId", array_agg(d."personId") AS "by",
      array_agg(coalesce(d."forPersonId", d."personId")) AS "for"
    FROM derived.open_change c JOIN "Approval" d ON d."changeId" = c.id GROUP BY d."changeId")`

/**
 * FROM and WHERE: the changes (c) that wait for the person. Without a right nothing is looked at;
 * the decisions about a change are read once.
 */
const waitingChanges = (permit: Permit<'requests.read'>): Sql => sql`
  derived.open_change c JOIN "Request" r ON r."id" = c.request_id CROSS JOIN me
  LEFT JOIN decided ON decided."changeId" = c.id
  WHERE EXISTS (SELECT 1 FROM "right")
    AND r."answerBy" > claviger_now() AND ${isAmongVisible(permit)}
    AND r."requesterId" <> ALL(me."ids") AND (decided."by" && me."ids") IS NOT TRUE
    AND EXISTS (
      SELECT 1 FROM "right" g
      WHERE (jsonb_typeof(c.roles) <> 'array' OR c.roles ? g."role")
        AND ${reaches('g')}
        AND r."requesterId" <> ALL(g."people")
        AND (g."namedBy" IS NULL OR g."namedBy" NOT IN (SELECT same_people(r."requesterId"))
          AND EXISTS (SELECT 1 FROM "Assignment" o
            WHERE o."personId" = ${permit.actor.id}::uuid
              AND o."role"::text = ANY(${deciding}::text[]) AND ${reaches('o')}))
        -- Nobody gains from a change that names nobody.
        AND NOT (c.gives AND EXISTS (SELECT 1 FROM change_gainers(c.id) x
          WHERE x = ANY(g."people") OR x = ANY(me."ids")))
        AND (decided."for" && g."people") IS NOT TRUE)`
