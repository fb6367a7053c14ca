import 'server-only'
import { appendAudit } from '../audit/append'
import { permissions } from '../auth/permissions'
import { notBegun } from '../change-status'
import { holdsOneOf, hrefOf, readers } from '../changes/scope/concerned'
import { sql, transaction, type Queryable } from '../db/client'
import { notify } from '../notify/notify'

type Deactivated = { requestId: string; requesterId: string; requesterName: string; left: boolean }
type Cancelled = {
  id: string
  kind: string
  title: string
  accountId: string | null
  keyArn: string | null
}

/**
 * Who asked may no longer ask for this: access turned off, or no role that asks for changes there.
 */
const mayNot = sql`(p."disabledAt" IS NOT NULL
  OR NOT ${holdsOneOf(sql`p."id"`, permissions['requests.create'].roles)})`
const waiting = sql`c."status" = ANY(${notBegun}::"ChangeStatus"[])`

/**
 * Cancels what somebody asked for who has left or lost the right to ask for it, unless it
 * has begun: what is done already stays, with its end. For the worker, at short intervals;
 * several at a time do no harm.
 * @returns how many changes were cancelled
 */
export async function cancelRequestsOfDeactivated(): Promise<number> {
  const deactivated = await sql.query<Deactivated>(
    sql`SELECT DISTINCT r."id" AS "requestId", r."requesterId", r."requesterName",
       p."disabledAt" IS NOT NULL AS "left"
     FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
     JOIN "Person" p ON p."id" = r."requesterId" WHERE ${waiting} AND ${mayNot} LIMIT 500`,
  )
  let cancelled = 0
  for (const person of deactivated)
    cancelled += await transaction((tx) => cancelRequest(tx, person))
  return cancelled
}

async function cancelRequest(
  tx: Queryable,
  { requestId, requesterId, requesterName, left }: Deactivated,
): Promise<number> {
  const problem = left
    ? `${requesterName}, who asked for this, has left: their access was turned off. Someone else can ask for it.`
    : `${requesterName}, who asked for this, may no longer ask for changes there. Someone else can ask for it.`
  const changes = await tx.query<Cancelled>(
    sql`UPDATE "Change" c
     SET "status" = 'cancelled', "problem" = ${problem}, "endedAt" = claviger_now()
     FROM "Request" r JOIN "Person" p ON p."id" = r."requesterId"
     WHERE r."id" = c."requestId" AND r."id" = ${requestId}::uuid AND ${waiting} AND ${mayNot}
     RETURNING c."id", c."kind", c."title", c."accountId", c."keyArn"`,
  )
  if (changes.length === 0) return 0
  const tell = (to: string[], [first, ...more]: readonly Cancelled[]) =>
    notify(tx, {
      event: 'change.cancelled',
      requestId,
      title: `Cancelled: ${first?.title ?? ''}${more.length > 0 ? ` and ${more.length} more` : ''}`,
      body: problem,
      href: hrefOf(requestId),
      to,
      needsAction: false,
    })
  await tell([requesterId], changes)
  // Each of those who decided is told of what they decided about: the rest may be of
  // accounts that they do not see.
  const decided = await tx.query<{ personId: string; changeIds: string[] }>(
    sql`SELECT a."personId", array_agg(c."id"::text) AS "changeIds" FROM "Approval" a
      JOIN "Change" c ON c."id" = a."changeId"
     WHERE c."id" = ANY(${changes.map(({ id }) => id)}::uuid[])
       AND a."personId" <> ${requesterId}::uuid AND ${holdsOneOf(sql`a."personId"`, readers)}
     GROUP BY 1`,
  )
  for (const { personId, changeIds } of decided)
    await tell(
      [personId],
      changes.filter(({ id }) => changeIds.includes(id)),
    )
  for (const { id, kind, accountId, keyArn } of changes) {
    await appendAudit(tx, {
      event: 'change.cancelled',
      actor: { id: null, name: 'worker' },
      accountId: accountId ?? undefined,
      keyArn: keyArn ?? undefined,
      requestId,
      data: { changeId: id, kind, why: problem },
    })
  }
  return changes.length
}
