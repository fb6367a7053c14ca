import 'server-only'
import { z } from 'zod'
import type { Permit } from '../../auth/permit'
import { readClock } from '../../db/clock'
import { sql } from '../../db/client'
import { withinAccounts } from '../../db/scope'
import { accountNames } from '../../inventory/read'
import { risks } from '../rules/rule'
import { isOverdue } from '../run/overdue'
import { changeStatuses, type RequestRow } from './shapes'
import { visibleRequest } from '../scope/visible'
import { findWaiting } from './waiting'

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

/** Person and accounts as visibleRequest numbers them: of a request, the changes that are seen. */
const seen = `(r."requesterId" = $1::uuid OR ${withinAccounts('c."accountId"', '$2')})`

const rowsSql = (conditions: string, page: number) => `
  SELECT r."id", r."number", r."title", r."requesterId", r."requesterName", r."breakGlass",
    r."breakGlass" AND r."reviewedAt" IS NULL AS "unreviewed",
    r."createdAt", r."sentAt", r."answerBy", s.* FROM "Request" r, LATERAL (
    SELECT count(*) AS "changes", coalesce(array_agg(DISTINCT c."kind"), '{}') AS "kinds",
      coalesce(array_agg(DISTINCT c."risk"), '{}') AS "risks",
      coalesce(array_agg(DISTINCT c."accountId") FILTER (WHERE c."accountId" IS NOT NULL), '{}')
        AS "accountIds",
      min(c."endsAt") FILTER (WHERE c."status" IN ('open', 'approved', 'executing', 'applied',
        'reverting', 'revertFailed')) AS "endsAt",
      jsonb_build_object(
        'active', count(*) FILTER
          (WHERE c."status" = 'applied' AND c."endsAt" IS NOT NULL AND NOT ${isOverdue}),
        'overdue', count(*) FILTER (WHERE ${isOverdue}),
        'undoing', count(*) FILTER (WHERE ${isOverdue} AND c."status" = 'reverting')) AS "inForce",
      (SELECT jsonb_object_agg(g."status", g."n")
      FROM (SELECT "status", count(*) AS "n" FROM "Change" c
        WHERE c."requestId" = r."id" AND ${seen} GROUP BY 1) g) AS "statuses"
    FROM "Change" c WHERE c."requestId" = r."id" AND ${seen}) s
  WHERE ${conditions} ORDER BY coalesce(r."sentAt", r."createdAt") DESC, r."number" DESC
  LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`

/** The conditions of a query, with the values they stand on. */
function findBy(
  permit: Permitted,
  { box, text, status }: RequestsQuery,
  waiting: readonly string[],
): { conditions: string; values: unknown[] } {
  const { where, params } = visibleRequest(permit, 1)
  const at = params.length
  const conditions = [
    where,
    box === 'mine'
      ? 'r."requesterId" = $1::uuid'
      : `(r."sentAt" IS NOT NULL OR r."requesterId" = $1::uuid)`,
    box === 'waiting' ? `r."id" = ANY($${at + 1}::uuid[])` : `$${at + 1}::uuid[] IS NOT NULL`,
    `($${at + 2} = '' OR r."title" ILIKE $${at + 2} OR r."justification" ILIKE ` +
      `$${at + 2} OR r."requesterName" ILIKE $${at + 2} OR r."ticket" ILIKE $${at + 2} ` +
      `OR 'R-' || r."number" ILIKE $${at + 2})`,
    `($${at + 3}::text IS NULL OR EXISTS (SELECT 1 FROM "Change" c
      WHERE c."requestId" = r."id" AND ${seen} AND c."status"::text = $${at + 3}))`,
  ]
  const pattern = text === '' ? '' : `%${text.replace(/[\\%_]/g, '\\$&')}%`
  return {
    conditions: conditions.join(' AND '),
    values: [...params, waiting, pattern, status ?? null],
  }
}

/**
 * Requests of one box, newest first. `waiting`: with an open change that this very
 * person could decide about now.
 */
export async function listRequests(
  permit: Permitted,
  query: RequestsQuery,
): Promise<{ rows: RequestRow[]; total: number; waiting: number; now: string }> {
  const waiting = await findWaiting(permit)
  const { conditions, values } = findBy(permit, query, [...waiting.keys()])
  const [rows, [count], now] = await Promise.all([
    sql.query<Stored>(rowsSql(conditions, query.page), values),
    sql.query<{ total: number }>(
      `SELECT count(*) AS "total" FROM "Request" r WHERE ${conditions}`,
      values,
    ),
    readClock(),
  ])
  const names = await accountNames(rows.flatMap(({ accountIds }) => accountIds))
  return {
    rows: rows.map((row) => toRow(permit, row, names, waiting)),
    total: count?.total ?? 0,
    waiting: waiting.size,
    now: now.toISOString(),
  }
}

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
