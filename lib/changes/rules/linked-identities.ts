import 'server-only'
import type { Queryable } from '../../db/client'
import { env } from '../../env'

/** Why two identities are held for one person: what ties them directly. */
export type Tie = { by: 'email' | 'claim' | 'link'; words: string }
type Identity = { id: string; email: string; emailVerified: boolean; personClaim: string | null }
type Link = { aId: string; bId: string; reason: string }

function findTie(a: Identity, b: Identity, links: readonly Link[]): Tie | null {
  const link = links.find(
    ({ aId, bId }) => (aId === a.id && bId === b.id) || (aId === b.id && bId === a.id),
  )
  if (link) return { by: 'link', words: `an administrator linked them: ${link.reason}` }
  if (a.emailVerified && b.emailVerified && a.email.toLowerCase() === b.email.toLowerCase())
    return { by: 'email', words: `both have the verified e-mail ${a.email}` }
  if (a.personClaim !== null && a.personClaim === b.personClaim)
    return {
      by: 'claim',
      words: `the identity provider gives both the same ${env().OIDC_PERSON_CLAIM ?? 'person claim'}`,
    }
  return null
}

/**
 * Returns the ties that lead from one identity to another, in order; empty when nothing says that
 * they are one person.
 */
export async function findTies(q: Queryable, fromId: string, toId: string): Promise<Tie[]> {
  const people = await q.query<Identity>(
    `SELECT "id", "email", "emailVerified", "personClaim" FROM "Person" WHERE "id" IN (SELECT same_people($1::uuid))`,
    [fromId],
  )
  const links = await q.query<Link>(
    'SELECT "aId", "bId", "reason" FROM "PersonLink" WHERE "aId" = ANY($1::uuid[]) AND "bId" = ANY($1::uuid[])',
    [people.map(({ id }) => id)],
  )
  return shortestPath(people, links, fromId, toId)
}

function shortestPath(
  people: readonly Identity[],
  links: readonly Link[],
  fromId: string,
  toId: string,
): Tie[] {
  const paths = new Map<string, Tie[]>([[fromId, []]])
  for (const [id, path] of paths) {
    // a Map is walked in the order of insertion, and what is added meanwhile is walked too
    const here = people.find((person) => person.id === id)
    if (!here || id === toId) continue
    for (const next of people) {
      const tie = paths.has(next.id) ? null : findTie(here, next, links)
      if (tie) paths.set(next.id, [...path, tie])
    }
  }
  return paths.get(toId) ?? []
}

/**
 * "both have the verified e-mail ann@example.com, and an administrator
 * linked them: contractor account"
 */
export const tieWords = (ties: readonly Tie[]): string =>
  ties.map(({ words }) => words).join(', and ')
