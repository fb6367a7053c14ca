import 'server-only'
import type { Tx } from '../db/client'
import { AppError } from '../errors'
import type { Role } from './permissions'

export type Held = { role: Role; accountId: string | null }

/** For the audit log: which role, and where. */
export const roleFacts = ({ role, accountId }: Held) => ({
  role,
  accountId: accountId ?? 'every account',
})

/**
 * Gives a person a role by hand.
 * @throws AppError not_found, conflict when they have it so already or have no access.
 * @returns the person's e-mail
 */
export async function assignRole(
  tx: Tx,
  { personId, createdById, role, accountId }: Held & { personId: string; createdById: string },
): Promise<string> {
  const [person] = await tx.query<{ email: string; isDisabled: boolean }>(
    'SELECT "email", "disabledAt" IS NOT NULL AS "isDisabled" FROM "Person" WHERE "id" = $1::uuid FOR UPDATE',
    [personId],
  )
  if (!person) throw new AppError('not_found', 'This person is not known here.')
  const held = await tx.assignment.findFirst({ where: { personId, role, accountId, group: null } })
  if (held) throw new AppError('conflict', 'This person has that role by hand already.')
  await tx.assignment.create({ data: { personId, role, accountId, createdById } })
  return person.email
}

/**
 * From their next sign-in, whoever is in the group has the role.
 * @throws AppError conflict when the group gives it already.
 */
export async function mapGroup(
  tx: Tx,
  { group, role, accountId }: Held & { group: string },
): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtext('claviger.mappings'))`)
  const same = await tx.groupMapping.findFirst({ where: { group, role, accountId } })
  if (same) throw new AppError('conflict', 'This group gives that role already.')
  await tx.groupMapping.create({ data: { group, role, accountId } })
}

/**
 * Whether a role that governs is given by request only: since two different people first
 * administered this installation, or while somebody besides this person does. Until then nobody
 * could approve, and the first administrator gives it alone.
 */
export async function isByRequest(q: Pick<Tx, 'query'>, personId: string): Promise<boolean> {
  const [row] = await q.query<{ byRequest: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM "Setting" WHERE "name" = 'fourEyes.since') OR EXISTS (
       SELECT 1 FROM "Assignment" a JOIN "Person" p ON p."id" = a."personId"
       WHERE a."role" = 'admin' AND a."accountId" IS NULL AND p."disabledAt" IS NULL
         AND p."id" NOT IN (SELECT same_people($1::uuid))) AS "byRequest"`,
    [personId],
  )
  return row?.byRequest ?? true
}
