import 'server-only'
import { appendAudit } from '../audit/append'
import { transaction, type Tx } from '../db/client'
import { tellOfAdministrator } from './tell-administrators'

const host = { id: null, name: 'command line' }

/**
 * The one person with this e-mail; several identities with one address are told apart by the
 * issuer only, so none is guessed.
 */
async function findByEmail(tx: Tx, email: string) {
  const people = await tx.person.findMany({
    where: { email: { equals: email, mode: 'insensitive' } },
  })
  const [person, ...others] = people
  if (!person)
    throw new Error(
      `Nobody with the e-mail ${email} has signed in yet. They sign in once (and see nothing), then run this again.`,
    )
  if (others.length > 0)
    throw new Error(
      `${people.length} people signed in with ${email} ` +
        `(${people.map((p) => p.issuer).join(', ')}). Give the role under Settings, or by ` +
        'CLAVIGER_ADMIN_GROUP.',
    )
  return person
}

/** Makes someone who has signed in before an administrator of everything. Says what it did. */
export async function grantAdmin(email: string): Promise<string> {
  return transaction(async (tx) => {
    const person = await findByEmail(tx, email)
    const held = await tx.assignment.findFirst({
      where: { personId: person.id, role: 'admin', accountId: null, group: null },
    })
    if (held) return `${person.email} administers this installation already.`
    await tx.assignment.create({ data: { personId: person.id, role: 'admin' } })
    await tellOfAdministrator(tx, {
      personId: person.id,
      email: person.email,
      by: 'npm run admin on the host',
    })
    await appendAudit(tx, {
      event: 'role.granted',
      actor: host,
      data: { to: person.email, personId: person.id, role: 'admin', accountId: 'every account' },
    })
    return `${person.email} administers this installation now; no new sign-in is needed.`
  })
}

/** Takes the role that was given by hand; one that comes from a group stays. Says what it did. */
export async function revokeAdmin(email: string): Promise<string> {
  return transaction(async (tx) => {
    const person = await findByEmail(tx, email)
    const { count } = await tx.assignment.deleteMany({
      where: { personId: person.id, role: 'admin', accountId: null, group: null },
    })
    const byGroup = await tx.assignment.findFirst({
      where: { personId: person.id, role: 'admin', accountId: null },
    })
    if (count > 0)
      await appendAudit(tx, {
        event: 'role.revoked',
        actor: host,
        data: {
          from: person.email,
          personId: person.id,
          role: 'admin',
          accountId: 'every account',
        },
      })
    const rest = byGroup ? ` They stay administrator by the group ${byGroup.group}.` : ''
    return count > 0
      ? `${person.email} lost the role that was given by hand.${rest}`
      : `${person.email} has no such role given by hand.${rest}`
  })
}
