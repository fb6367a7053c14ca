import 'server-only'
import { sql } from '../../db/client'
import { findActor } from '../actor'
import type { Actor } from '../permit'
import { beginSession } from '../sessions'

/** The person as a request of theirs would find them, in a session that has just begun. */
export async function actorOf(personId: string): Promise<Actor | null> {
  const known = await sql.query('SELECT 1 FROM "Person" WHERE "id" = $1::uuid', [personId])
  return known.length === 0
    ? null
    : findActor(await beginSession(sql, { personId, userAgent: null }))
}
