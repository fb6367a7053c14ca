import 'server-only'
import { appendAudit } from '../audit/append'
import type { Actor, Permit } from '../auth/permit'
import { endAllSessions } from '../auth/sessions'
import { transaction, type Tx } from '../db/client'
import { AppError } from '../errors'
import { requireAnAdministrator } from './administrators'

async function lockPerson(
  tx: Tx,
  personId: string,
): Promise<{ email: string; isDisabled: boolean }> {
  const [person] = await tx.query<{ email: string; isDisabled: boolean }>(
    'SELECT "email", "disabledAt" IS NOT NULL AS "isDisabled" FROM "Person" WHERE "id" = $1::uuid FOR UPDATE',
    [personId],
  )
  if (!person) throw new AppError('not_found', 'This person is not known here.')
  return person
}

/**
 * Turns a person's access off, sessions included, with their very next request; or on
 * again (they sign in anew).
 */
export async function setDisabled(
  { actor }: Permit<'people.manage'>,
  { personId, disabled }: { personId: string; disabled: boolean },
): Promise<void> {
  if (personId === actor.id && disabled)
    throw new AppError(
      'conflict',
      'You cannot turn off your own access. Ask another administrator.',
    )
  await transaction(async (tx) => {
    const { email, isDisabled } = await lockPerson(tx, personId)
    if (isDisabled === disabled)
      throw new AppError(
        'conflict',
        disabled ? 'This access is off already.' : 'This access is on already.',
      )
    await tx.person.update({
      where: { id: personId },
      data: { disabledAt: disabled ? new Date() : null },
    })
    // also when it is turned on again: an old cookie stays worthless
    await endAllSessions(tx, personId, 'disabled')
    if (disabled) await requireAnAdministrator(tx)
    await appendAudit(tx, {
      event: disabled ? 'person.disabled' : 'person.enabled',
      actor,
      data: { person: email, personId },
    })
  })
}

/** Ends every session of a person; they can sign in again. */
export async function endSessions(
  { actor }: Permit<'people.manage'>,
  { personId }: { personId: string },
): Promise<void> {
  await endEvery(personId, actor)
}

/** Ends every session of one's own, this one too. */
export async function endOwnSessions({ actor }: Permit<'keys.read'>): Promise<void> {
  await endEvery(actor.id, actor)
}

async function endEvery(personId: string, actor: Actor): Promise<void> {
  await transaction(async (tx) => {
    const { email } = await lockPerson(tx, personId)
    const sessions = await endAllSessions(tx, personId, 'endedAll')
    await appendAudit(tx, {
      event: 'sessions.ended',
      actor,
      data: { person: email, personId, sessions },
    })
  })
}
