import { abilitiesOf, type Ability } from '../access/abilities'
import { namedBy } from '../access/candidates'
import { caseOf, judgeAbility, judgeIfWilling, type Cell } from '../access/judge'
import type { KeyFacts } from '../access/key-facts'
import type { PrincipalFacts } from '../access/principal-facts'
import type { PolicyStatement } from '../policy/document'
import { judgeCase } from '../policy/evaluate'
import { maybe } from '../policy/verdict'
import { mapInTurns } from '../work/turns'

/**
 * changed: conditional before and after, on other conditions. unclear: one side is not known to us.
 */
export type Direction = 'gained' | 'lost' | 'changed' | 'unclear'
export type AbilityChange = {
  id: string
  label: string
  before: Cell
  after: Cell
  direction: Direction
}
/**
 * Labels of the abilities that the account could give its principal, and could
 * not before; or the reverse.
 */
type Latent = { opened: readonly string[]; closed: readonly string[] }
export type PrincipalChange = Pick<
  PrincipalFacts,
  'id' | 'kind' | 'name' | 'accountId' | 'nearness' | 'connected'
> & {
  changes: AbilityChange[]
  /** What IAM of another account could complete by itself, and could not before; or the reverse. */
  latent: Latent
  /**
   * Whether someone from outside the account could do nothing before and something after, or the
   * reverse. What their own account can complete counts: the door is open.
   */
  external: 'opened' | 'closed' | null
}
/**
 * What a change of the key policy means to everyone it could mean something to. Those who are left
 * as they were are not in it.
 */
export type AccessImpact = {
  principals: PrincipalChange[]
  asked: number
  /** There was no time to compare so many more. */
  left: number
}

const rank: Record<Exclude<Cell, 'unknown'>, number> = {
  no: 0,
  conditional: 1,
  delegated: 2,
  yes: 3,
}

/**
 * Compares two states of one key, of which only the policy differs, over the same principals, in
 * turns with everything else and not longer than `until` (as performance.now() tells the time).
 */
export async function compareAccess(
  before: KeyFacts,
  after: KeyFacts,
  principals: readonly PrincipalFacts[],
  until = Infinity,
): Promise<AccessImpact> {
  const named = { was: findLatent(before, principals), is: findLatent(after, principals) }
  const compared = await mapInTurns(
    principals,
    (principal) => {
      const isNamed = { was: named.was.has(principal.id), is: named.is.has(principal.id) }
      return compareFor(before, after, principal, isNamed)
    },
    until,
  )
  return {
    principals: compared.flatMap((change) => change ?? []).sort(byWeight),
    asked: compared.length,
    left: principals.length - compared.length,
  }
}

/**
 * What strangers alone are asked about beside the rest: within the account nobody
 * minds who reads what a key is.
 */
const metadata: Ability = {
  id: 'metadata',
  label: 'Read metadata',
  kind: 'use',
  actions: ['kms:DescribeKey', 'kms:GetPublicKey', 'kms:ListGrants', 'kms:GetKeyRotationStatus'],
}

/** null: nothing changes for this one. */
function compareFor(
  before: KeyFacts,
  after: KeyFacts,
  principal: PrincipalFacts,
  named: { was: boolean; is: boolean },
): PrincipalChange | null {
  const { id, kind, name, accountId, nearness, connected } = principal
  const isExternal = nearness !== 'account' && nearness !== 'aws'
  const asked = [...abilitiesOf(before.keyUsage), ...(isExternal ? [metadata] : [])]
  const cells = asked.map((ability) => ({
    ability,
    was: judgeAbility(before, principal, ability),
    is: judgeAbility(after, principal, ability),
    couldBe: named.was ? judgeIfWilling(before, principal, ability) : ('no' as const),
    canBe: named.is ? judgeIfWilling(after, principal, ability) : ('no' as const),
  }))
  const changes = cells.flatMap(({ ability, was, is }): AbilityChange[] => {
    const differs = (action: string) =>
      openConditions(before, principal, action) !== openConditions(after, principal, action)
    const direction = directionOf(was, is, () => ability.actions.some(differs))
    return direction
      ? [{ id: ability.id, label: ability.label, before: was, after: is, direction }]
      : []
  })
  const left = cells.filter(({ was, is }) => was === 'no' && is === 'no')
  const latent = {
    opened: left
      .filter(({ couldBe, canBe }) => couldBe === 'no' && canBe !== 'no')
      .map(({ ability }) => ability.label),
    closed: left
      .filter(({ couldBe, canBe }) => couldBe !== 'no' && canBe === 'no')
      .map(({ ability }) => ability.label),
  }
  if (changes.length + latent.opened.length + latent.closed.length === 0) return null
  const could = cells.some(({ was, couldBe }) => was !== 'no' || couldBe !== 'no')
  const can = cells.some(({ is, canBe }) => is !== 'no' || canBe !== 'no')
  const external = !isExternal || could === can ? null : can ? 'opened' : 'closed'
  return { id, kind, name, accountId, nearness, connected, changes, latent, external }
}

/**
 * What may be is more than what cannot be: from no to unknown is a gain, as far
 * as the key has a say in it.
 */
function directionOf(was: Cell, is: Cell, conditionsDiffer: () => boolean): Direction | null {
  if (was === is) return was === 'conditional' && conditionsDiffer() ? 'changed' : null
  if (was === 'no') return 'gained'
  if (is === 'no') return 'lost'
  if (was === 'unknown' || is === 'unknown') return 'unclear'
  return rank[is] > rank[was] ? 'gained' : 'lost'
}

/**
 * The conditions of the key policy that decide, whatever statements they
 * stand in and in whatever order.
 */
function openConditions(key: KeyFacts, principal: PrincipalFacts, action: string): string {
  const { keyPolicy } = judgeCase(caseOf(key, principal, action))
  const open = keyPolicy.hits
    .filter(({ verdict }) => verdict === maybe)
    .map(({ statement }) => sayConditions(statement.source))
  return [...new Set(open)].sort().join('\n')
}

const said = new WeakMap<PolicyStatement, string>()
function sayConditions(statement: PolicyStatement): string {
  const known = said.get(statement)
  if (known !== undefined) return known
  const conditions = (statement.conditions ?? []).map(
    ({ operator: { name, qualifier, ifExists }, keyName, values }) =>
      JSON.stringify([qualifier, name, ifExists, keyName, values.map(({ value }) => value).sort()]),
  )
  const text = `${statement.effect?.value} ${conditions.sort().join(' ')}`
  said.set(statement, text)
  return text
}

const directions: readonly Direction[] = ['gained', 'lost', 'unclear', 'changed']
const weight = ({ external, changes }: PrincipalChange) =>
  (external === 'opened' ? 0 : external === 'closed' ? 10 : 20) +
  Math.min(directions.length, ...changes.map(({ direction }) => directions.indexOf(direction)))
const byWeight = (a: PrincipalChange, b: PrincipalChange) =>
  weight(a) - weight(b) || b.changes.length - a.changes.length || (a.id < b.id ? -1 : 1)

/**
 * Users, roles and sessions of other accounts that a policy names, where
 * IAM of that account was read.
 */
function findLatent(key: KeyFacts, principals: readonly PrincipalFacts[]): ReadonlySet<string> {
  const named = namedBy(key.policy, null)
  return new Set(
    principals
      .filter(
        ({ id, kind, accountId, connected }) =>
          connected &&
          accountId !== key.accountId &&
          (kind === 'user' || kind === 'role' || kind === 'session') &&
          named.has(id),
      )
      .map(({ id }) => id),
  )
}
