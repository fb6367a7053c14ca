import 'server-only'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { governs, type Role } from '../auth/permissions'
import { roleNames } from '../auth/role-names'
import { assignRole, roleFacts } from '../auth/roles'
import { tellOfRole } from '../auth/tell-administrators'
import { transaction } from '../db/client'
import { AppError } from '../errors'
import { requireAnAdministrator } from './administrators'
import { requireAlone } from './four-eyes'

export type GivenRole = { personId: string; role: Role; accountId: string | null }

/**
 * Gives a person a role by hand, in one account or in all; it stays until it is taken by hand. One
 * that decides or administers is given so only while nobody else could approve it.
 * @throws AppError conflict when it takes a request (askForRole)
 */
export async function giveRole(
  { actor }: Permit<'people.manage'>,
  { personId, role, accountId }: GivenRole,
): Promise<void> {
  await transaction(async (tx) => {
    const alone = governs(role)
    if (alone) await requireAlone(tx, actor)
    const email = await assignRole(tx, { personId, role, accountId, createdById: actor.id })
    const title = `${email} is ${roleNames[role]} now`
    if (alone)
      await tellOfRole(tx, {
        personId: actor.id,
        title,
        by: `${actor.name}, while nobody else could approve it`,
      })
    await appendAudit(tx, {
      event: 'role.granted',
      actor,
      data: { to: email, personId, ...roleFacts({ role, accountId }), ...(alone ? { alone } : {}) },
    })
  })
}

/**
 * Takes a role that was given by hand, at once: the next request of that person is without it.
 * @throws AppError conflict for a role that comes from a group, and for the last administrator's.
 */
export async function takeRole(
  { actor }: Permit<'people.manage'>,
  { assignmentId }: { assignmentId: string },
): Promise<void> {
  await transaction(async (tx) => {
    const held = await tx.assignment.findUnique({
      where: { id: assignmentId },
      include: { person: { select: { email: true } } },
    })
    if (!held) throw new AppError('not_found', 'This role was taken already.')
    if (held.group !== null)
      throw new AppError(
        'conflict',
        `This role comes from the group ${held.group}: remove the person there, or the mapping of the group.`,
      )
    await tx.assignment.delete({ where: { id: assignmentId } })
    await requireAnAdministrator(tx)
    await appendAudit(tx, {
      event: 'role.revoked',
      actor,
      data: { from: held.person.email, personId: held.personId, ...roleFacts(held) },
    })
  })
}
