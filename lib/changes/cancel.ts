import 'server-only'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { transaction } from '../db/client'
import { AppError } from '../errors'

/** Deletes one's own draft: nobody was asked. @throws AppError not_found for what is not one's own or was sent. */
export async function discardDraft({ actor }: Permit<'requests.create'>, { id }: { id: string }): Promise<void> {
  await transaction(async (tx) => {
    const { count } = await tx.request.deleteMany({ where: { id, requesterId: actor.id, sentAt: null } })
    if (count === 0) throw new AppError('not_found', 'There is no such draft of yours.')
    await appendAudit(tx, { event: 'request.discarded', actor: { id: actor.id, name: actor.name }, requestId: id })
  })
}

/**
 * Takes back one's own changes that nothing has been done about: all of a request, or one. @throws AppError not_found, conflict when
 * there is none left to cancel.
 */
export async function cancelChanges({ actor }: Permit<'requests.create'>, { requestId, changeId, reason }: { requestId: string; changeId: string | null; reason: string }): Promise<{ cancelled: number }> {
  return transaction(async (tx) => {
    const own = await tx.request.findFirst({ where: { id: requestId, requesterId: actor.id, sentAt: { not: null } }, select: { id: true } })
    if (!own) throw new AppError('not_found', 'There is no such request of yours.')
    const rows = await tx.query<{ id: string }>(
      `UPDATE "Change" SET "status" = 'cancelled', "endedAt" = claviger_now(), "problem" = $3 WHERE "requestId" = $1::uuid AND ($2::uuid IS NULL OR "id" = $2::uuid)
       AND "status" IN ('open', 'approved') RETURNING "id"`, [requestId, changeId, reason || null])
    if (rows.length === 0) throw new AppError('conflict', 'It is too late to cancel: the worker has begun, or it has ended. What is done can be ended early or undone by a new request.')
    await appendAudit(tx, { event: 'change.cancelled', actor: { id: actor.id, name: actor.name }, requestId, data: { changeIds: rows.map(({ id }) => id), reason } })
    return { cancelled: rows.length }
  })
}
