import 'server-only'
import { appendAudit } from '../../audit/append'
import type { Actor, Permit } from '../../auth/permit'
import { notBegun } from '../../change-status'
import { sql, transaction, type Tx } from '../../db/client'
import { AppError } from '../../errors'
import { commonPlace } from '../scope/common-place'

/**
 * Deletes one's own draft: nobody was asked.
 * @throws AppError not_found for what is not one's own or was sent.
 */
export async function discardDraft(
  { actor }: Permit<'requests.create'>,
  { id }: { id: string },
): Promise<void> {
  await transaction(async (tx) => {
    if (!(await removeDraft(tx, actor, id)))
      throw new AppError('not_found', 'There is no such draft of yours.')
  })
}

/**
 * Puts one draft in the place of another of the same person. One that is
 * gone already is no obstacle.
 * @throws AppError conflict when it was sent.
 */
export async function replaceDraft(
  tx: Tx,
  actor: Actor,
  { id, by }: { id: string; by: string },
): Promise<void> {
  if (await removeDraft(tx, actor, id, { replacedBy: by })) return
  const sent = await tx.request.findFirst({
    where: { id, requesterId: actor.id },
    select: { number: true },
  })
  if (sent)
    throw new AppError(
      'conflict',
      `R-${sent.number} was sent meanwhile, so this would ask for the same a second time. ` +
        'Cancel that one first, or begin anew.',
    )
}

async function removeDraft(
  tx: Tx,
  actor: Actor,
  id: string,
  data?: { replacedBy: string },
): Promise<boolean> {
  const { count } = await tx.request.deleteMany({
    where: { id, requesterId: actor.id, sentAt: null },
  })
  if (count > 0) await appendAudit(tx, { event: 'request.discarded', actor, requestId: id, data })
  return count > 0
}

/**
 * Takes back one's own changes that nothing has been done about: all of a request, or one.
 * @throws AppError not_found, conflict when
 * there is none left to cancel.
 */
export async function cancelChanges(
  { actor }: Permit<'requests.create'>,
  { requestId, changeId, reason }: { requestId: string; changeId: string | null; reason: string },
): Promise<{ cancelled: number }> {
  return transaction(async (tx) => {
    const own = await tx.request.findFirst({
      where: { id: requestId, requesterId: actor.id, sentAt: { not: null } },
      select: { id: true },
    })
    if (!own) throw new AppError('not_found', 'There is no such request of yours.')
    const rows = await tx.query<{ id: string; accountId: string | null; keyArn: string | null }>(
      sql`UPDATE "Change" SET "status" = 'cancelled', "endedAt" = claviger_now(),
         "problem" = ${reason || null}
       WHERE "requestId" = ${requestId}::uuid
         AND (${changeId}::uuid IS NULL OR "id" = ${changeId}::uuid)
         AND "status" = ANY(${notBegun}::"ChangeStatus"[])
       RETURNING "id", "accountId", "keyArn"`,
    )
    if (rows.length === 0)
      throw new AppError(
        'conflict',
        'It is too late to cancel: the worker has begun, or it has ended. What is done can ' +
          'be ended early or undone by a new request.',
      )
    await appendAudit(tx, {
      event: 'change.cancelled',
      actor,
      ...commonPlace(rows),
      requestId,
      data: { changeIds: rows.map(({ id }) => id), reason },
    })
    return { cancelled: rows.length }
  })
}
