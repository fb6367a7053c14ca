import 'server-only'
import { scopeOf } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { readClock } from '../../db/clock'
import { raw, sql, type Sql } from '../../db/client'
import { withinAccounts } from '../../db/scope'
import { notAchieved, type ChangeStatus } from '../../change-status'
import { isOverdue } from '../run/overdue'
import { isAmongVisible } from '../scope/visible'
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

const troubleWords = sql`CASE
  WHEN c."reconciled"->>'finding' IS NOT NULL THEN c."reconciled"->>'words'
  WHEN ${isOverdue} THEN concat_ws(' ', 'Past its end and still in force.', c."problem")
  ELSE c."problem" END`
const isStuck = sql`(
  c."status" = 'executing'
    AND c."startedAt" < claviger_now() - make_interval(mins => ${stuckMinutes})
  OR c."status" = 'reverting' AND coalesce(c."endAskedAt", c."endsAt")
    < claviger_now() - make_interval(mins => ${stuckMinutes}))`
/** As the index "Request_continued" has it: few requests go on from another. */
const isContinuation = sql`n."continuesId" IS NOT NULL AND n."sentAt" IS NOT NULL`
const isTroubled = sql`(c."status" = 'revertFailed' OR ${isOverdue}
  OR c."reconciled"->>'finding' IS NOT NULL
  OR c."problem" IS NOT NULL AND ${isStuck}
  OR c."status" = ANY(${notAchieved}::"ChangeStatus"[])
    AND c."endedAt" > claviger_now() - make_interval(days => ${newsDays})
    AND NOT EXISTS (SELECT 1 FROM "Request" n
      WHERE n."continuesId" = c."requestId" AND ${isContinuation}))`

/** Returns what needs this very person today: what others have to do is theirs to see. */
export async function getRequestsOverview(permit: Permitted): Promise<RequestsOverview> {
  const [waiting, troubled, ending, unreviewed, now] = await Promise.all([
    readWaiting(permit),
    readChanges(
      permit,
      troubleWords,
      sql`coalesce(c."endedAt", c."endsAt", c."appliedAt", c."startedAt")`,
      isTroubled,
      'DESC NULLS LAST',
    ),
    readChanges(
      permit,
      sql`NULL::text`,
      sql`c."endsAt"`,
      sql`c."status" = 'applied' AND c."endsAt" < claviger_now() + interval '1 day'`,
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
  words: Sql,
  at: Sql,
  which: Sql,
  order: 'ASC' | 'DESC NULLS LAST',
): Promise<Box> {
  return toBox(
    await sql.query<Row>(
      sql`SELECT r."id" AS "requestId", r."number", c."title", r."requesterName", c."status",
        ${words} AS "words", ${at} AS "at",
       count(*) OVER () AS "total"
     FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
     WHERE ${isAmongVisible(permit)}
       AND (r."requesterId" = ${permit.actor.id}::uuid OR ${isDecidedBy(permit)}) AND ${which}
     ORDER BY ${at} ${raw(order)}, c."id" LIMIT ${most}`,
    ),
  )
}

/**
 * A condition on a change (c): in an account where this person may decide; what belongs to no
 * account takes all of them.
 */
function isDecidedBy({ actor }: Permitted): Sql {
  const scope = scopeOf(actor.assigned, 'requests.decide')
  return scope === null ? sql`false` : withinAccounts('c."accountId"', scope)
}

async function readWaiting(permit: Permitted): Promise<Box> {
  const ids = [...(await findWaiting(permit)).keys()]
  return toBox(
    await sql.query<Row>(
      sql`SELECT r."id" AS "requestId", r."number", r."title", r."requesterName", NULL AS "status",
        NULL::text AS "words", r."answerBy" AS "at", count(*) OVER () AS "total"
     FROM "Request" r WHERE r."id" = ANY(${ids}::uuid[])
     ORDER BY r."answerBy", r."number" LIMIT ${most}`,
    ),
  )
}

/**
 * As getRequest's canReview has it: not one's own in any identity, and every change in an
 * account where one decides.
 */
async function readUnreviewed(permit: Permitted): Promise<Box> {
  return toBox(
    await sql.query<Row>(
      sql`SELECT r."id" AS "requestId", r."number", r."title", r."requesterName", NULL AS "status",
        NULL::text AS "words", r."sentAt" AS "at",
       count(*) OVER () AS "total"
     FROM "Request" r
     WHERE r."breakGlass" AND r."sentAt" IS NOT NULL AND r."reviewedAt" IS NULL
       AND ${isAmongVisible(permit)}
       AND r."requesterId" NOT IN (SELECT same_people(${permit.actor.id}::uuid))
       AND NOT EXISTS (SELECT 1 FROM "Change" c
         WHERE c."requestId" = r."id" AND (${isDecidedBy(permit)}) IS NOT TRUE)
     ORDER BY r."sentAt" LIMIT ${most}`,
    ),
  )
}
