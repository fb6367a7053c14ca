import 'server-only'
import { appendAudit } from '../audit/append'
import { transaction, type Tx } from '../db/client'
import { env } from '../env'
import type { Identity } from './claims'
import type { Role } from './permissions'
import { beginSession } from './sessions'
import { tellOfAdministrator } from './tell-administrators'

export type SignedIn = { personId: string; sessionId: string }

/**
 * Records a sign-in: the person is (issuer, subject), their groups give the roles the
 * mappings say, a group that vanished takes its role along, roles by hand stay. One
 * transaction with its session and its audit entry; if that cannot be written there is no
 * session. Null when the person was disabled here.
 */
export async function recordSignIn(
  identity: Identity,
  userAgent: string | null = null,
): Promise<SignedIn | null> {
  return transaction(async (tx) => {
    const person = await upsertPerson(tx, identity)
    if (person.disabledAt) {
      await appendAudit(tx, {
        event: 'person.signInRefused',
        actor: person,
        data: { why: 'disabled', email: person.email },
      })
      return null
    }
    await seedMappings(tx)
    const { given, taken } = await applyGroups(tx, person, identity.groups)
    const sessionId = await beginSession(tx, { personId: person.id, userAgent })
    const { issuer, subject, email } = identity
    await appendAudit(tx, {
      event: 'person.signedIn',
      actor: person,
      data: { issuer, subject, email, sessionId, rolesGiven: given, rolesTaken: taken },
    })
    return { personId: person.id, sessionId }
  })
}

async function upsertPerson(tx: Tx, { issuer, subject, groups, ...said }: Identity) {
  const facts = { ...said, groups: [...groups], lastSignInAt: new Date() }
  return tx.person.upsert({
    where: { issuer_subject: { issuer, subject } },
    create: { issuer, subject, ...facts },
    update: facts,
  })
}

/**
 * CLAVIGER_GROUP_MAPPINGS begins the table, once in the life of a database: what is removed
 * on the page stays removed.
 */
async function seedMappings(tx: Tx): Promise<void> {
  const mappings = env().CLAVIGER_GROUP_MAPPINGS
  if (mappings.length === 0) return
  const first = await tx.execute(
    `INSERT INTO "Setting" ("name", "value") VALUES ('groupMappings.seeded', 'true') ON CONFLICT DO NOTHING`,
  )
  if (first > 0) await tx.groupMapping.createMany({ data: mappings })
}

type FromGroup = { group: string; role: Role; accountId: string | null }
const keyOf = ({ group, role, accountId }: FromGroup) => JSON.stringify([group, role, accountId])

async function applyGroups(
  tx: Tx,
  { id: personId, email }: { id: string; email: string },
  groups: readonly string[],
): Promise<{ given: string[]; taken: string[] }> {
  const adminGroup = env().CLAVIGER_ADMIN_GROUP
  const mapped: FromGroup[] = await tx.groupMapping.findMany({
    where: { group: { in: [...groups] } },
    select: { group: true, role: true, accountId: true },
  })
  if (adminGroup && groups.includes(adminGroup))
    mapped.push({ group: adminGroup, role: 'admin', accountId: null })
  const wanted = new Map(mapped.map((m) => [keyOf(m), m]))

  const held = await tx.assignment.findMany({ where: { personId, group: { not: null } } })
  const stale = held.filter((a) => a.group !== null && !wanted.has(keyOf({ ...a, group: a.group })))
  for (const a of held) if (a.group !== null) wanted.delete(keyOf({ ...a, group: a.group }))
  if (stale.length > 0)
    await tx.assignment.deleteMany({ where: { id: { in: stale.map((a) => a.id) } } })
  const missing = [...wanted.values()]
  if (missing.length > 0)
    await tx.assignment.createMany({ data: missing.map((m) => ({ ...m, personId })) })
  const byOperator = missing.find(({ group, role }) => group === adminGroup && role === 'admin')
  if (byOperator)
    await tellOfAdministrator(tx, {
      personId,
      email,
      by: `CLAVIGER_ADMIN_GROUP, group ${byOperator.group}`,
    })
  return { given: missing.map(describe), taken: stale.map(describe) }
}

const describe = ({
  role,
  accountId,
  group,
}: {
  role: Role
  accountId: string | null
  group: string | null
}) => `${role} ${accountId ? `in ${accountId}` : 'everywhere'} by group ${group}`
