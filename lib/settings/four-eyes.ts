import 'server-only'
import { administratorIds } from '../auth/actor'
import { scopeOf, type Role } from '../auth/permissions'
import type { Actor, Permit } from '../auth/permit'
import { isByRequest } from '../auth/roles'
import { prepareRequest } from '../changes/request/prepare'
import { sql, type Tx } from '../db/client'
import { AppError } from '../errors'
import { lockAdministrators } from './administrators'

/**
 * @throws AppError conflict when a role that governs takes a request. Holds off whoever makes the
 *   second administrator meanwhile.
 */
export async function requireAlone(tx: Tx, { id }: Actor): Promise<void> {
  await lockAdministrators(tx)
  if (!(await isByRequest(tx, id))) return
  throw new AppError(
    'conflict',
    'This role decides or administers, so it is asked for, and another administrator ' +
      'approves it. Ask for it with a reason.',
  )
}

export type FourEyes = {
  /** People who administer the whole installation, one who reads this included. */
  administrators: number
  /** Roles that govern are given by request. */
  byRequest: boolean
}

/** How roles are given here now; null for who does not give any. */
export async function readFourEyes({
  actor,
}: Permit<'keys.read' | 'people.read' | 'settings.read'>): Promise<FourEyes | null> {
  if (scopeOf(actor.assigned, 'people.manage') === null) return null
  const [ids, byRequest] = await Promise.all([administratorIds(sql), isByRequest(sql, actor.id)])
  return { administrators: ids.length, byRequest }
}

export type AskedRole = {
  to: { personId: string } | { group: string }
  role: Role
  accountId: string | null
  justification: string
}

/**
 * Makes the draft of a request for a role that governs.
 * @throws AppError forbidden for who may not give roles, invalid in words.
 */
export async function askForRole(
  permit: Permit<'requests.create'>,
  { to, role, accountId, justification }: AskedRole,
): Promise<{ id: string }> {
  if (scopeOf(permit.actor.assigned, 'people.manage') === null) {
    throw new AppError('forbidden', 'Roles are asked for by who administers people.', {
      permission: 'people.manage',
    })
  }
  const name = 'group' in to ? to.group : await nameOf(to.personId)
  return prepareRequest(permit, {
    justification,
    changes: [
      {
        kind: 'role-give',
        accountId: null,
        region: null,
        keyArn: null,
        startsAt: null,
        endsAt: null,
        input: { to, role, accountId, name },
      },
    ],
  })
}

async function nameOf(personId: string): Promise<string> {
  const [person] = await sql.query<{ name: string }>(
    `SELECT "name" || ' (' || "email" || ')' AS "name" FROM "Person" WHERE "id" = $1::uuid`,
    [personId],
  )
  if (!person) throw new AppError('not_found', 'This person is not known here.')
  return person.name
}
