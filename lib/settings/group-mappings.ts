import 'server-only'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { governs, type Role } from '../auth/permissions'
import { roleNames } from '../auth/role-names'
import { mapGroup, roleFacts } from '../auth/roles'
import { tellOfRole } from '../auth/tell-administrators'
import { transaction } from '../db/client'
import { AppError } from '../errors'
import { requireAnAdministrator } from './administrators'
import { requireAlone } from './four-eyes'

export type Mapping = { group: string; role: Role; accountId: string | null }

/**
 * From their next sign-in, whoever is in the group has the role. One that decides or administers is
 * mapped so only while nobody else could approve it.
 * @throws AppError conflict when it takes a request (askForRole)
 */
export async function addMapping(
  { actor }: Permit<'settings.manage'>,
  { group, role, accountId }: Mapping,
): Promise<void> {
  await transaction(async (tx) => {
    const alone = governs(role)
    if (alone) await requireAlone(tx, actor)
    await mapGroup(tx, { group, role, accountId })
    const title = `The group ${group} gives the role ${roleNames[role]} now`
    if (alone)
      await tellOfRole(tx, {
        personId: actor.id,
        title,
        by: `${actor.name}, while nobody else could approve it`,
      })
    await appendAudit(tx, {
      event: 'mapping.added',
      actor,
      data: { group, ...roleFacts({ role, accountId }), ...(alone ? { alone } : {}) },
    })
  })
}

/**
 * Removes a mapping and, at once, the role from everyone who has it by that group.
 * @returns how many people lost the role
 * @throws AppError conflict when nobody would be left to administer.
 */
export async function removeMapping(
  { actor }: Permit<'settings.manage'>,
  { mappingId }: { mappingId: string },
): Promise<{ people: number }> {
  return transaction(async (tx) => {
    const mapping = await tx.groupMapping.findUnique({ where: { id: mappingId } })
    if (!mapping) throw new AppError('not_found', 'This mapping was removed already.')
    const { group, role, accountId } = mapping
    await tx.groupMapping.delete({ where: { id: mappingId } })
    const { count } = await tx.assignment.deleteMany({ where: { group, role, accountId } })
    await requireAnAdministrator(tx)
    await appendAudit(tx, {
      event: 'mapping.removed',
      actor,
      data: { group, role, accountId: accountId ?? 'every account', people: count },
    })
    return { people: count }
  })
}
