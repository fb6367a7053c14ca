import 'server-only'
import { appendAudit } from '../../audit/append'
import { spend } from '../../auth/budget'
import type { Permit } from '../../auth/permit'
import { sql, transaction } from '../../db/client'
import { AppError } from '../../errors'
import { notify } from '../../notify/notify'
import { holdsOneOf, hrefOf, readers } from '../scope/concerned'
import { isVisible, reachesAll } from '../scope/visible'

/**
 * Adds a comment to a request, which decides nothing. Tells who asked, decided or commented before.
 * @throws AppError not_found
 */
export async function commentOnRequest(
  permit: Permit<'requests.read'>,
  { requestId, text }: { requestId: string; text: string },
): Promise<void> {
  const { actor } = permit
  await transaction(async (tx) => {
    const [request] = await tx.query<{ title: string; requesterId: string }>(
      sql`SELECT r."title", r."requesterId" FROM "Request" r
      WHERE r."id" = ${requestId}::uuid AND ${isVisible(permit)}`,
    )
    if (!request)
      throw new AppError('not_found', 'There is no such request among those you may see.')
    await spend(tx, actor.id, 'comments')
    const others = await tx.query<{ id: string }>(
      sql`SELECT t."id" FROM (SELECT "personId" AS "id" FROM "RequestComment"
        WHERE "requestId" = ${requestId}::uuid AND "personId" IS NOT NULL
         UNION SELECT a."personId" FROM "Approval" a JOIN "Change" c ON c."id" = a."changeId"
         WHERE c."requestId" = ${requestId}::uuid) t
       WHERE EXISTS (SELECT 1 FROM "Change" c
         WHERE c."requestId" = ${requestId}::uuid AND ${holdsOneOf(sql`t."id"`, readers)})`,
    )
    await tx.execute(
      `INSERT INTO "RequestComment" ("id", "requestId", "personId", "personName", "text", "at")
        VALUES (gen_random_uuid(), $1::uuid, $2::uuid, $3, $4, claviger_now())`,
      [requestId, actor.id, actor.name, text],
    )
    const to = [request.requesterId, ...others.map(({ id }) => id)].filter((id) => id !== actor.id)
    await notify(tx, {
      event: 'request.commented',
      requestId,
      title: `${actor.name} on: ${request.title}`,
      body: text.slice(0, 500),
      href: hrefOf(requestId),
      to: [...new Set(to)],
      needsAction: false,
    })
    await appendAudit(tx, { event: 'request.commented', actor, requestId, data: { text } })
  })
}

/**
 * Records that somebody else looked at a break-glass request afterwards.
 * @throws AppError forbidden for the requester themselves, conflict, not_found.
 */
export async function reviewBreakGlass(
  permit: Permit<'requests.decide'>,
  { requestId, note }: { requestId: string; note: string },
): Promise<void> {
  const { actor } = permit
  await transaction(async (tx) => {
    const [request] = await tx.query<{
      requesterId: string
      breakGlass: boolean
      reviewedAt: Date | null
      same: boolean
    }>(
      sql`SELECT r."requesterId", r."breakGlass", r."reviewedAt",
        r."requesterId" IN (SELECT same_people(${actor.id}::uuid)) AS "same"
        FROM "Request" r WHERE r."id" = ${requestId}::uuid AND ${isVisible(permit)}`,
    )
    if (!request?.breakGlass)
      throw new AppError(
        'not_found',
        'There is no such break-glass request among those you may see.',
      )
    const changes = await tx.change.findMany({ where: { requestId }, select: { accountId: true } })
    if (!reachesAll(permit.scope, changes))
      throw new AppError(
        'forbidden',
        'This is reviewed by someone who may decide in all of its accounts.',
      )
    if (request.same) throw new AppError('forbidden', 'Someone else reviews what you did.')
    const rows = await tx.execute(
      `UPDATE "Request" SET "reviewedAt" = claviger_now(), "reviewedById" = $2::uuid,
        "reviewedBy" = $3, "reviewNote" = $4 WHERE "id" = $1::uuid AND "reviewedAt" IS NULL`,
      [requestId, actor.id, actor.name, note],
    )
    if (rows === 0) throw new AppError('conflict', 'This was reviewed already.')
    await appendAudit(tx, { event: 'request.reviewed', actor, requestId, data: { note } })
  })
}
