import 'server-only'
import { scopeOf } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { readClock } from '../../db/clock'
import { sql } from '../../db/client'
import { accountsOf, withinAccounts } from '../../db/scope'
import { isOverdue } from '../run/overdue'
import type { ChangeStatus } from './shapes'
import { visibleRequest } from '../scope/visible'
import { findWaiting } from './waiting'

type Permitted = Permit<'requests.read'>

export type OverviewLine = {
  requestId: string
  number: number
  title: string
  requesterName: string
  status: ChangeStatus | null
  words: string | null
  at: string | null
}
type Box = { total: number; lines: OverviewLine[] }
export type RequestsOverview = {
  /** Requests with open changes that wait for this person; `at`: answer by. */
  waiting: Box
  /**
   * Changes that failed, drifted, could not be undone or do not come to an end, and what the
   * reconcile found; `at`: since when. Of requests of one's own, and of accounts where one decides:
   * nobody else can go on from there.
   */
  troubled: Box
  /** Changes that end within a day, which this person can end or ask for again; `at`: their end. */
  ending: Box
  /** Break-glass that nobody has reviewed and this person can; `at`: when it was done. */
  unreviewed: Box
  now: string
}

const most = 8
/**
 * What has failed is news for so long, or until somebody goes on from it. What
 * could not be undone stays.
 */
const newsDays = 7
/** What is under way for longer waits for something that does not come. */
const stuckMinutes = 15

const troubleWords = `CASE WHEN c."reconciled"->>'finding' IS NOT NULL THEN c."reconciled"->>'words'
  WHEN ${isOverdue} THEN concat_ws(' ', 'Past its end and still in force.', c."problem") ELSE c."problem" END`

/** Returns what needs this very person today: what others have to do is theirs to see. */
export async function getRequestsOverview(permit: Permitted): Promise<RequestsOverview> {
  const [waiting, troubled, ending, unreviewed, now] = await Promise.all([
    readWaiting(permit),
    readChanges(
      permit,
      troubleWords,
      'coalesce(c."endedAt", c."endsAt", c."appliedAt", c."startedAt")',
      `(c."status" = 'revertFailed' OR ${isOverdue} OR c."reconciled"->>'finding' IS NOT NULL
        OR c."problem" IS NOT NULL
        AND (c."status" = 'executing'
          AND c."startedAt" < claviger_now() - interval '${stuckMinutes} minutes'
          OR c."status" = 'reverting'
            AND coalesce(c."endAskedAt", c."endsAt") < claviger_now() - interval
            '${stuckMinutes} minutes')
        OR c."status" IN ('failed', 'drifted') AND c."endedAt" > claviger_now() - interval '${newsDays} days'
        AND NOT EXISTS (SELECT 1 FROM "Request" n WHERE n."continuesId" = r."id" AND n."sentAt" IS NOT NULL))`,
      'DESC NULLS LAST',
    ),
    readChanges(
      permit,
      'NULL::text',
      'c."endsAt"',
      `c."status" = 'applied' AND c."endsAt" < claviger_now() + interval '1 day'`,
      'ASC',
    ),
    readUnreviewed(permit),
    readClock(),
  ])
  return { waiting, troubled, ending, unreviewed, now: now.toISOString() }
}

type Row = Omit<OverviewLine, 'at'> & { at: Date | null; total: number }
const toBox = (rows: readonly Row[]): Box => ({
  total: rows[0]?.total ?? 0,
  lines: rows.map(({ at, total: _, ...line }) => ({ ...line, at: at?.toISOString() ?? null })),
})

async function readChanges(
  permit: Permitted,
  words: string,
  at: string,
  which: string,
  order: 'ASC' | 'DESC NULLS LAST',
): Promise<Box> {
  const { where, params } = visibleRequest(permit, 1)
  const decides = decidedBy(permit, params.length + 1)
  return toBox(
    await sql.query<Row>(
      `SELECT r."id" AS "requestId", r."number", c."title", r."requesterName", c."status",
        ${words} AS "words", ${at} AS "at",
       count(*) OVER () AS "total"
     FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
     WHERE ${where} AND (r."requesterId" = $1::uuid OR ${decides.where}) AND ${which}
     ORDER BY ${at} ${order}, c."id" LIMIT ${most}`,
      [...params, ...decides.params],
    ),
  )
}

/**
 * Changes (c) in accounts where this person may decide; what belongs to no
 * account takes all of them.
 */
function decidedBy({ actor }: Permitted, from: number): { where: string; params: unknown[] } {
  const scope = scopeOf(actor.assigned, 'requests.decide')
  if (scope === null) return { where: 'false', params: [] }
  return { where: withinAccounts('c."accountId"', `$${from}`), params: [accountsOf(scope)] }
}

async function readWaiting(permit: Permitted): Promise<Box> {
  const ids = [...(await findWaiting(permit)).keys()]
  return toBox(
    await sql.query<Row>(
      `SELECT r."id" AS "requestId", r."number", r."title", r."requesterName", NULL AS "status",
        NULL::text AS "words", r."answerBy" AS "at", count(*) OVER () AS "total"
     FROM "Request" r WHERE r."id" = ANY($1::uuid[]) ORDER BY r."answerBy", r."number" LIMIT ${most}`,
      [ids],
    ),
  )
}

/**
 * As getRequest's canReview has it: not one's own in any identity, and every change in an
 * account where one decides.
 */
async function readUnreviewed(permit: Permitted): Promise<Box> {
  const { where, params } = visibleRequest(permit, 1)
  const decides = decidedBy(permit, params.length + 1)
  return toBox(
    await sql.query<Row>(
      `SELECT r."id" AS "requestId", r."number", r."title", r."requesterName", NULL AS "status",
        NULL::text AS "words", r."sentAt" AS "at",
       count(*) OVER () AS "total"
     FROM "Request" r
     WHERE r."breakGlass" AND r."sentAt" IS NOT NULL AND r."reviewedAt" IS NULL AND ${where}
       AND r."requesterId" NOT IN (SELECT same_people($1::uuid))
       AND NOT EXISTS (SELECT 1 FROM "Change" c WHERE c."requestId" = r."id" AND (${decides.where}) IS NOT TRUE)
     ORDER BY r."sentAt" LIMIT ${most}`,
      [...params, ...decides.params],
    ),
  )
}
