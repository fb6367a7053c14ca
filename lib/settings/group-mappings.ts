import 'server-only'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import type { Role } from '../auth/permissions'
import { transaction } from '../db/client'
import { AppError } from '../errors'
import { requireAnAdministrator } from './administrators'

/** From their next sign-in, whoever is in the group has the role. */
export async function addMapping({ actor }: Permit<'settings.manage'>, { group, role, accountId }: { group: string; role: Role; accountId: string | null }): Promise<void> {
  await transaction(async (tx) => {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('claviger.mappings'))`)
    const same = await tx.groupMapping.findFirst({ where: { group, role, accountId } })
    if (same) throw new AppError('conflict', 'This group gives that role already.')
    await tx.groupMapping.create({ data: { group, role, accountId } })
    await appendAudit(tx, { event: 'mapping.added', actor, data: { group, role, accountId: accountId ?? 'every account' } })
  })
}

/**
 * Removes a mapping and, at once, the role from everyone who has it by that group.
 * @returns how many people lost the role
 * @throws AppError conflict when nobody would be left to administer.
 */
export async function removeMapping({ actor }: Permit<'settings.manage'>, { mappingId }: { mappingId: string }): Promise<{ people: number }> {
  return transaction(async (tx) => {
    const mapping = await tx.groupMapping.findUnique({ where: { id: mappingId } })
    if (!mapping) throw new AppError('not_found', 'This mapping was removed already.')
    const { group, role, accountId } = mapping
    await tx.groupMapping.delete({ where: { id: mappingId } })
    const { count } = await tx.assignment.deleteMany({ where: { group, role, accountId } })
    await requireAnAdministrator(tx)
    await appendAudit(tx, { event: 'mapping.removed', actor, data: { group, role, accountId: accountId ?? 'every account', people: count } })
    return { people: count }
  })
}
