import 'server-only'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import type { Role } from '../auth/permissions'
import { transaction } from '../db/client'
import { AppError } from '../errors'
import { requireAnAdministrator } from './administrators'

const words = (role: Role, accountId: string | null) => ({ role, accountId: accountId ?? 'every account' })

/** Gives a person a role by hand, in one account or in all; it stays until it is taken by hand. */
export async function giveRole({ actor }: Permit<'people.manage'>, { personId, role, accountId }: { personId: string; role: Role; accountId: string | null }): Promise<void> {
  await transaction(async (tx) => {
    const [person] = await tx.query<{ email: string }>('SELECT "email" FROM "Person" WHERE "id" = $1::uuid FOR UPDATE', [personId])
    if (!person) throw new AppError('not_found', 'This person is not known here.')
    const held = await tx.assignment.findFirst({ where: { personId, role, accountId, group: null } })
    if (held) throw new AppError('conflict', 'This person has that role by hand already.')
    await tx.assignment.create({ data: { personId, role, accountId, createdById: actor.id } })
    await appendAudit(tx, { event: 'role.given', actor, data: { to: person.email, personId, ...words(role, accountId) } })
  })
}

/**
 * Takes a role that was given by hand, at once: the next request of that person is without it.
 * @throws AppError conflict for a role that comes from a group, and for the last administrator's.
 */
export async function takeRole({ actor }: Permit<'people.manage'>, { assignmentId }: { assignmentId: string }): Promise<void> {
  await transaction(async (tx) => {
    const held = await tx.assignment.findUnique({ where: { id: assignmentId }, include: { person: { select: { email: true } } } })
    if (!held) throw new AppError('not_found', 'This role was taken already.')
    if (held.group !== null) throw new AppError('conflict', `This role comes from the group ${held.group}: remove the person there, or the mapping of the group.`)
    await tx.assignment.delete({ where: { id: assignmentId } })
    await requireAnAdministrator(tx)
    await appendAudit(tx, { event: 'role.taken', actor, data: { from: held.person.email, personId: held.personId, ...words(held.role, held.accountId) } })
  })
}
