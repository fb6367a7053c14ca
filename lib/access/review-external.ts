import 'server-only'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { db, transaction } from '../db/client'
import { readClock } from '../db/clock'
import { inScope } from '../db/scope'
import { AppError } from '../errors'
import { evaluateExternal, type KeyVerdict } from './evaluate-external'

export type Decision = {
  keyArn: string
  principal: string
  basis: string
  decision: 'accepted' | 'toFix'
  reason: string
  until: string | null
}

const dayMs = 86_400_000
/** An acceptance is for two years at most: then somebody looks again. */
const longestDays = 731

/**
 * Keeps what a person decided about somebody outside who reaches a key. `basis` is what they looked
 * at: when another statement or grant lets that principal in by now, they must look again.
 * @throws AppError not_found beyond the person's scope, conflict when the access is another one
 *   by now, invalid for the end.
 */
export async function reviewExternal(
  permit: Permit<'external.review'>,
  { keyArn, principal, basis, decision, reason, until }: Decision,
): Promise<void> {
  const end = decision === 'accepted' ? requireEnd(until, await readClock()) : null
  const where = { AND: [{ arn: keyArn, goneAt: null }, inScope(permit.scope)] }
  const stored = await db.key.findFirst({ where, select: { accountId: true } })
  if (!stored)
    throw new AppError('not_found', 'There is no such key in the accounts you may review.')
  const [verdict] = await evaluateNow(keyArn)
  if (verdict?.problem)
    throw new AppError('conflict', `This key could not be evaluated: ${verdict.problem}`)
  const found = verdict?.reaches.find((reach) => reach.principal === principal)
  if (!found)
    throw new AppError(
      'conflict',
      'This principal does not reach the key any more. Read the page again.',
    )
  if (found.basis !== basis)
    throw new AppError(
      'conflict',
      'What lets this principal in has changed since the page was read. Read it again before you decide.',
    )
  const { actor } = permit
  await transaction(async (tx) => {
    await tx.externalReview.create({
      data: {
        keyArn,
        accountId: stored.accountId,
        principal,
        decision,
        reason,
        until: end,
        basis,
        reviewedById: actor.id,
        reviewedBy: actor.email,
      },
    })
    await appendAudit(tx, {
      event: decision === 'accepted' ? 'externalAccess.accepted' : 'externalAccess.fixRequested',
      actor,
      accountId: stored.accountId,
      keyArn,
      data: {
        principal,
        reason,
        until: end?.toISOString() ?? null,
        basis,
        through: found.through.map(({ kind, name }) => `${kind} ${name}`),
      },
    })
  })
}

/** Not the kept fact: what is decided on is what the inventory says at this moment. */
async function evaluateNow(keyArn: string): Promise<KeyVerdict[]> {
  const { verdicts } = await transaction((tx) => evaluateExternal(tx, [keyArn]), {
    isolationLevel: 'RepeatableRead',
  })
  return verdicts
}

/** The end of the given day, UTC. */
function requireEnd(until: string | null, clock: Date): Date {
  const now = clock.getTime()
  const end = until === null ? NaN : Date.parse(`${until}T23:59:59.999Z`)
  if (Number.isNaN(end)) throw new AppError('invalid', 'An acceptance needs a last day.')
  if (end <= now) throw new AppError('invalid', 'The last day is over already.')
  if (end > now + longestDays * dayMs)
    throw new AppError('invalid', 'An acceptance lasts two years at most.')
  return new Date(end)
}
