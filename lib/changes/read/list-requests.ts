import 'server-only'
import { z } from 'zod'
import type { Permit } from '../../auth/permit'
import { readClock } from '../../db/clock'
import { empty, join, sql, type Sql } from '../../db/client'
import { withinAccounts } from '../../db/scope'
import { accountNames } from '../../inventory/read'
import { changeStatuses, holding } from '../../change-status'
import { risks } from '../rules/rule'
import { isOverdue } from '../run/overdue'
import type { RequestRow } from './shapes'
import { isChangeVisible, isAmongVisible } from '../scope/visible'
import { withWaiting } from './waiting'

type Permitted = Permit<'requests.read'>

export const boxes = ['mine', 'waiting', 'all'] as const
export const requestsQuery = z.object({
  box: z.enum(boxes).default('waiting'),
  text: z.string().max(200).default(''),
  status: z.enum(changeStatuses).optional(),
  page: z.coerce.number().int().min(1).max(10_000).default(1),
})
export type RequestsQuery = z.output<typeof requestsQuery>
const pageSize = 50

type Stored = Omit<
  RequestRow,
  'mine' | 'waitingForMe' | 'accounts' | 'risk' | 'createdAt' | 'sentAt' | 'answerBy' | 'endsAt'
> & {
  accountIds: string[]
  risks: string[]
  createdAt: Date
  sentAt: Date | null
  answerBy: Date | null
  endsAt: Date | null
}

/**
 * Lists requests of one box, newest first. `waiting`: with an open change that this very person
 * could decide about now.
 */
export async function listRequests(
  permit: Permitted,
  query: RequestsQuery,
): Promise<{ rows: RequestRow[]; total: number; waiting: number; now: string }> {
  const [page, now] = await Promise.all([readPage(permit, query), readClock()])
  const rows = await sql.query<Stored>(
    sql`SELECT r."id", r."number", r."title", r."requesterId", r."requesterName", r."breakGlass",
        r."breakGlass" AND r."reviewedAt" IS NULL AS "unreviewed",
        r."createdAt", r."sentAt", r."answerBy", s.*
      FROM "Request" r, LATERAL (${summaryOf(permit)}) s
      WHERE r."id" = ANY(${[...page.changes.keys()]}::uuid[]) ORDER BY ${newestFirst}`,
  )
  const names = await accountNames(rows.flatMap(({ accountIds }) => accountIds))
  return {
    rows: rows.map((row) => toRow(permit, row, names, page.changes)),
    total: page.total,
    waiting: page.waiting,
    now: now.toISOString(),
  }
}

type Page = {
  /** By request of the page: how many of its changes wait for the person. */
  changes: ReadonlyMap<string, number>
  total: number
  waiting: number
}

/** Finds the requests of a page, and counts all of them, in one pass over narrow rows. */
async function readPage(permit: Permitted, query: RequestsQuery): Promise<Page> {
  const found = await sql.query<{ id: string | null; changes: number } & Omit<Page, 'changes'>>(
    sql`${withWaiting(permit)},
      matching AS MATERIALIZED (
        SELECT r."id", r."number", coalesce(r."sentAt", r."createdAt") AS "at", w."changes"
        FROM "Request" r LEFT JOIN waiting w ON w."requestId" = r."id"
        WHERE ${conditionOf(permit, query)})
      SELECT n.*, p."id", coalesce(p."changes", 0) AS "changes"
      FROM (SELECT (SELECT count(*) FROM matching) AS "total",
        (SELECT count(*) FROM waiting) AS "waiting") n
      LEFT JOIN (SELECT * FROM matching ORDER BY "at" DESC, "number" DESC
        LIMIT ${pageSize} OFFSET ${(query.page - 1) * pageSize}) p ON true`,
  )
  const [first] = found
  return {
    changes: new Map(found.flatMap(({ id, changes }) => (id === null ? [] : [[id, changes]]))),
    total: first?.total ?? 0,
    waiting: first?.waiting ?? 0,
  }
}

function conditionOf(permit: Permitted, { box, text, status }: RequestsQuery): Sql {
  const isMine = sql`r."requesterId" = ${permit.actor.id}::uuid`
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  return join(
    [
      isAmongVisible(permit),
      box === 'mine' ? isMine : sql`(r."sentAt" IS NOT NULL OR ${isMine})`,
      // Not as a join: many wait for an administrator, and each would be looked up by itself.
      box === 'waiting' ? sql`coalesce(w."changes", 0) > 0` : empty,
      text === ''
        ? empty
        : sql`(r."title" ILIKE ${pattern} OR r."justification" ILIKE ${pattern}
          OR r."requesterName" ILIKE ${pattern} OR r."ticket" ILIKE ${pattern}
          OR 'R-' || r."number" ILIKE ${pattern})`,
      status === undefined
        ? empty
        : hasVisibleOne(permit, sql`c."status" = ${status}::"ChangeStatus"`),
    ].filter((condition) => condition !== empty),
    ' AND ',
  )
}

/** That one of a request's changes (c) that the person sees is such: found once, not by request. */
function hasVisibleOne({ actor, scope }: Permitted, such: Sql): Sql {
  const those = sql`SELECT c."requestId" FROM "Change" c WHERE ${such}`
  return sql`(r."id" IN (${those} AND ${withinAccounts('c."accountId"', scope)})
    OR r."requesterId" = ${actor.id}::uuid AND r."id" IN (${those}))`
}

const newestFirst = sql`coalesce(r."sentAt", r."createdAt") DESC, r."number" DESC`

/** What its changes, as far as the person sees them, say of a request (r). */
const summaryOf = (permit: Permitted): Sql => sql`
  SELECT count(*) AS "changes", coalesce(array_agg(DISTINCT c."kind"), '{}') AS "kinds",
    coalesce(array_agg(DISTINCT c."risk"), '{}') AS "risks",
    coalesce(array_agg(DISTINCT c."accountId")
      FILTER (WHERE c."accountId" IS NOT NULL), '{}') AS "accountIds",
    min(c."endsAt") FILTER (WHERE c."status" = ANY(${holding}::"ChangeStatus"[])) AS "endsAt",
    jsonb_build_object(
      'active', count(*) FILTER (
        WHERE c."status" = 'applied' AND c."endsAt" IS NOT NULL AND NOT ${isOverdue}),
      'overdue', count(*) FILTER (WHERE ${isOverdue}),
      'undoing', count(*) FILTER (WHERE ${isOverdue} AND c."status" = 'reverting')) AS "inForce",
    (SELECT jsonb_object_agg(g."status", g."n")
    FROM (SELECT "status", count(*) AS "n" FROM "Change" c
      WHERE c."requestId" = r."id" AND ${isChangeVisible(permit)} GROUP BY 1) g) AS "statuses"
  FROM "Change" c WHERE c."requestId" = r."id" AND ${isChangeVisible(permit)}`

function toRow(
  { actor }: Permitted,
  { accountIds, risks: found, createdAt, sentAt, answerBy, endsAt, ...row }: Stored,
  names: ReadonlyMap<string, string>,
  waiting: ReadonlyMap<string, number>,
): RequestRow {
  return {
    ...row,
    mine: row.requesterId === actor.id,
    waitingForMe: waiting.get(row.id) ?? 0,
    accounts: accountIds.map((id) => ({ id, name: names.get(id) ?? id })),
    risk: [...risks].reverse().find((risk) => found.includes(risk)) ?? 'low',
    createdAt: createdAt.toISOString(),
    sentAt: sentAt?.toISOString() ?? null,
    answerBy: answerBy?.toISOString() ?? null,
    endsAt: endsAt?.toISOString() ?? null,
  }
}
