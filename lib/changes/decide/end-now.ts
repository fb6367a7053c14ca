import 'server-only'
import { appendAudit } from '../../audit/append'
import { scopeOf } from '../../auth/permissions'
import type { Actor, Permit } from '../../auth/permit'
import { transaction } from '../../db/client'
import { AppError } from '../../errors'
import { kindOf } from '../kinds/registry'
import { reaches } from '../scope/visible'

type Endable = { kind: string; accountId: string | null; endsAt: Date | null }

/** Tells whether somebody can end it: who asked for it, and those who can decide in its account. */
export const mayEnd = (
  actor: Actor,
  requesterId: string,
  change: Pick<Endable, 'accountId'>,
): boolean =>
  requesterId === actor.id || reaches(scopeOf(actor.assigned, 'requests.decide'), change)

/**
 * Tells whether a change can be ended without another approval: it was approved to end, or is
 * nothing but a grant that we made. What was adopted without an end is revoked by a request of its
 * own.
 */
export const hasEnd = ({ kind, endsAt }: Pick<Endable, 'kind' | 'endsAt'>): boolean =>
  endsAt !== null || kindOf(kind)?.grant === 'makes'

/**
 * Ends a time-boxed change before its time, which needs no approval, since it was approved to end.
 * For who asked for it, and for those who can decide in its account. The worker undoes it.
 * @throws AppError not_found, conflict when there is nothing to end.
 */
export async function endNow(
  { actor }: Permit<'requests.create'>,
  { changeId, reason }: { changeId: string; reason: string },
): Promise<void> {
  await transaction(async (tx) => {
    const change = await tx.change.findFirst({
      where: { id: changeId },
      include: { request: { select: { requesterId: true } } },
    })
    if (!change || !mayEnd(actor, change.request.requesterId, change))
      throw new AppError('not_found', 'There is no such change among those you may end.')
    if (!hasEnd(change))
      throw new AppError('conflict', 'This change has no end: undo it by a new request.')
    const rows = await tx.execute(
      `UPDATE "Change" SET "endAskedAt" = claviger_now(), "endAskedById" = $2::uuid,
        "endAskedBy" = $3 WHERE "id" = $1::uuid AND "status" = 'applied'
        AND "endAskedAt" IS NULL`,
      [changeId, actor.id, actor.name],
    )
    if (rows === 0)
      throw new AppError(
        'conflict',
        change.status === 'applied'
          ? 'Its end was asked for already.'
          : `It is ${change.status}: there is nothing to end.`,
      )
    await appendAudit(tx, {
      event: 'change.endAsked',
      actor,
      accountId: change.accountId ?? undefined,
      keyArn: change.keyArn ?? undefined,
      requestId: change.requestId,
      data: { changeId, reason },
    })
  })
}
