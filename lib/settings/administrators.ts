import 'server-only'
import { AppError } from '../errors'
import type { Tx } from '../db/client'

/** Whoever makes or removes an administrator waits for whoever is at it. */
export async function lockAdministrators(tx: Tx): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtext('claviger.administrators'))`)
}

/**
 * Call it last in a transaction that took a role or a person away: the installation always
 * keeps someone who may manage people. Serialized, so that two administrators cannot remove
 * each other at the same moment.
 * @throws AppError conflict when nobody would be left.
 */
export async function requireAnAdministrator(tx: Tx): Promise<void> {
  await lockAdministrators(tx)
  const left = await tx.person.count({
    where: { disabledAt: null, assignments: { some: { role: 'admin', accountId: null } } },
  })
  if (left === 0)
    throw new AppError(
      'conflict',
      'This would leave nobody who administers the installation. Give someone else the role ' +
        'Administrator for every account first.',
    )
}
