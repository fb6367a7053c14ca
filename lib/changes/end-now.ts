import 'server-only'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { transaction } from '../db/client'
import { AppError } from '../errors'
import { kindOf } from './registry'

/**
 * Ends what is time-boxed before its time: it was approved to end, so this needs no approval. For who asked for it, and for those who
 * may decide in its account. @throws AppError not_found, conflict when there is nothing to end.
 */
export async function endNow({ actor, scope }: Permit<'requests.create'>, { changeId, reason }: { changeId: string; reason: string }): Promise<void> {
  await transaction(async (tx) => {
    const change = await tx.change.findFirst({ where: { id: changeId }, include: { request: { select: { requesterId: true } } } })
    const reaches = change && (change.request.requesterId === actor.id || scope.all || (change.accountId !== null && scope.accountIds.includes(change.accountId)))
    if (!change || !reaches) throw new AppError('not_found', 'There is no such change among those you may end.')
    if (change.endsAt === null && kindOf(change.kind)?.end !== 'default') throw new AppError('conflict', 'This change has no end: undo it by a new request.')
    const rows = await tx.execute(
      `UPDATE "Change" SET "endAskedAt" = claviger_now(), "endAskedById" = $2::uuid, "endAskedBy" = $3 WHERE "id" = $1::uuid AND "status" = 'applied' AND "endAskedAt" IS NULL`,
      [changeId, actor.id, actor.name])
    if (rows === 0) throw new AppError('conflict', change.status === 'applied' ? 'Its end was asked for already.' : `It is ${change.status}: there is nothing to end.`)
    await appendAudit(tx, {
      event: 'change.endAsked', actor: { id: actor.id, name: actor.name }, accountId: change.accountId ?? undefined, keyArn: change.keyArn ?? undefined, requestId: change.requestId,
      data: { changeId, reason },
    })
  })
}
