import 'server-only'
import { appendAudit } from '../../audit/append'
import type { Permit } from '../../auth/permit'
import { sql, transaction } from '../../db/client'
import { withinAccounts } from '../../db/scope'
import { AppError } from '../../errors'
import { storableText } from '../../storable'

type OutOfBandDecision = {
  accountId: string
  eventId: string
  decision: 'explained' | 'accepted'
  reason: string
}

type Found = { operation: string; keyArn: string | null; principal: string; occurredAt: Date }

/**
 * Keeps what a person said to a change that nobody requested here: how it came about, or that it can
 * stay. What they say later takes its place; the audit log keeps all of it.
 * @throws AppError not_found beyond the person's scope, and for what is not out of band.
 */
export async function reviewOutOfBand(
  permit: Permit<'outOfBand.review'>,
  { accountId, eventId, decision, reason }: OutOfBandDecision,
): Promise<void> {
  const { actor, scope } = permit
  await transaction(async (tx) => {
    const [found] = await tx.query<Found>(
      sql`SELECT m.operation, m.key_arn AS "keyArn", m.principal, m.occurred_at AS "occurredAt"
       FROM trail.mutation m WHERE m.account_id = ${accountId} AND m.event_id = ${eventId}
         AND m.origin = 'outOfBand' AND ${withinAccounts('m.account_id', scope)}`,
    )
    if (!found)
      throw new AppError(
        'not_found',
        'There is no such change out of band in the accounts you can review.',
      )
    const said = {
      decision,
      reason: storableText(reason),
      reviewedById: actor.id,
      reviewedBy: actor.email,
    }
    await tx.outOfBandReview.upsert({
      where: { accountId_eventId: { accountId, eventId } },
      create: { accountId, eventId, ...said },
      update: { ...said, at: new Date() },
    })
    await appendAudit(tx, {
      event: decision === 'accepted' ? 'outOfBand.accepted' : 'outOfBand.explained',
      actor,
      accountId,
      keyArn: found.keyArn ?? undefined,
      data: {
        eventId,
        operation: found.operation,
        principal: found.principal,
        occurredAt: found.occurredAt.toISOString(),
        reason,
      },
    })
  })
}
