import type { Role } from '../../auth/permissions'
import type { EffectiveRule } from './rule'

/**
 * One way for somebody to decide: with whose rights. `person` and `of` are the same for every
 * identity of one human being.
 */
export type Way = {
  personId: string
  name: string
  email: string
  roles: Role[]
  isOwner: boolean
  of: { id: string; name: string }
  person: string
  rights: string
}

/**
 * Gives as many people as possible a right of their own (augmenting paths): nobody decides twice,
 * and nobody's right counts twice, whether they use it or their delegate does. Whoever comes first
 * in `ways` is never left out for one who comes later.
 */
export function pairUp(ways: readonly Way[]): Way[] {
  const holderOf = new Map<string, Way>()
  const take = (person: string, seen: Set<string>): boolean =>
    ways
      .filter((way) => way.person === person)
      .some((way) => {
        if (seen.has(way.rights)) return false
        seen.add(way.rights)
        const held = holderOf.get(way.rights)
        if (held && !take(held.person, seen)) return false
        holderOf.set(way.rights, way)
        return true
      })
  for (const person of new Set(ways.map((way) => way.person))) take(person, new Set())
  return [...holderOf.values()]
}

/**
 * Does the same with the owner among them when the rule wants one; empty when it wants one and
 * there is none.
 */
export function pairUpFor(rule: Pick<EffectiveRule, 'ownerMust'>, ways: readonly Way[]): Way[] {
  if (!rule.ownerMust) return pairUp(ways)
  return ways
    .filter(({ isOwner }) => isOwner)
    .map((owner) => [
      owner,
      ...pairUp(ways.filter((way) => way.person !== owner.person && way.rights !== owner.rights)),
    ])
    .reduce<Way[]>((best, pairs) => (pairs.length > best.length ? pairs : best), [])
}
