import 'server-only'
import { db } from '../db/client'
import type { Actor } from './permit'

/** The person of a session, with the roles they hold now; null when they are disabled or the session was ended. */
export async function findActor(personId: string, sessionVersion: number): Promise<Actor | null> {
  const person = await db.person.findFirst({
    where: { id: personId, sessionVersion, disabledAt: null },
    select: { id: true, email: true, name: true, assignments: { select: { role: true, accountId: true } } },
  })
  return person && { id: person.id, email: person.email, name: person.name, assigned: person.assignments }
}

/** Whom to ask for a permission: everyone who administers the whole installation and is not disabled. */
export async function listAdministrators(): Promise<{ name: string; email: string }[]> {
  return db.person.findMany({
    where: { disabledAt: null, assignments: { some: { role: 'admin', accountId: null } } },
    select: { name: true, email: true }, orderBy: { name: 'asc' }, take: 5,
  })
}
