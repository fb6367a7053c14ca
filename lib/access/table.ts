import 'server-only'
import type { KeyPlace } from '../inventory/read'
import { canBeGrantee } from '../policy/grants'
import { inLineOf } from '../work/per-person'
import { mapInTurns } from '../work/turns'
import { abilitiesOf } from './abilities'
import { judgeAbility, judgePrincipal, type Cell } from './judge'
import type { KeyFacts } from './key-facts'
import type { PrincipalFacts } from './principal-facts'
import { readKeyAccess, type Reading, type ReadTimes } from './read'
import { judgeUses, type Uses } from './usability'

export type AccessPerson = Pick<
  PrincipalFacts,
  'id' | 'kind' | 'name' | 'accountId' | 'nearness' | 'connected'
> & {
  /** Named as grantee of a grant of this key. */
  isGrantee: boolean
  /** Abilities there would be none of without the key's grants. */
  onlyByGrant: readonly string[]
}
export type AccessTable = {
  abilities: { id: string; label: string; kind: 'use' | 'administer'; action: string }[]
  rows: (AccessPerson & { cells: Readonly<Record<string, Cell>>; uses: Uses })[]
  /** As AWS spells it; null: not read. */
  keyState: string | null
  /** Principals that were asked about, those who can do nothing included. */
  asked: number
  readAt: ReadTimes
  /** What this table does not know, in words. */
  gaps: string[]
}

/** How long one table may be worked out, other people's turns included. */
const patienceMs = 20_000

/**
 * Evaluates everybody who could have something to do with a key, and says what the answer does not
 * know. Whoever there was no time for is left out, and the gaps say so.
 * @throws AppError not_found for a key out of the person's scope, too_many for a person who asks
 *   too much at once.
 */
export function listAccess(permit: Reading, place: KeyPlace): Promise<AccessTable> {
  return inLineOf(permit.actor.id, async () => {
    const until = performance.now() + patienceMs
    const { key, principals, readAt, isNarrowed } = await readKeyAccess(permit, place)
    const judged = await judgeInTurns(key, principals, until)
    const cut = principals.length - judged.length
    return {
      abilities: abilitiesOf(key.keyUsage).map(({ id, label, kind, actions: [action = ''] }) => ({
        id,
        label,
        kind,
        action,
      })),
      rows: judged.flatMap((row) => row ?? []).toSorted(byDistance),
      keyState: key.keyState,
      asked: judged.length,
      readAt,
      gaps: [
        ...listGaps(readAt),
        ...(isNarrowed ? [narrowedWords] : []),
        ...(cut > 0 ? [cutWords(cut, principals.length)] : []),
      ],
    }
  })
}

const narrowedWords =
  'The key policy speaks of anyone, and more accounts are connected than one answer weighs: of ' +
  'some of them nobody is listed.'

const cutWords = (cut: number, all: number) =>
  `There was no time to evaluate ${cut} of ${all} principals, and they are not listed. Ask about ` +
  'one of them under Check access.'

/** A row for each principal, in their order; null for one who can do nothing. */
function judgeInTurns(
  key: KeyFacts,
  principals: readonly PrincipalFacts[],
  until: number,
): Promise<(AccessTable['rows'][number] | null)[]> {
  const grantees = new Set(
    key.grants?.flatMap((grant) => grant.GranteePrincipal ?? grant.GranteeServicePrincipal ?? []),
  )
  const abilities = abilitiesOf(key.keyUsage)
  const judge = (principal: PrincipalFacts) => {
    const cells = judgePrincipal(key, principal)
    if (!cells) return null
    const { id, kind, name, accountId, nearness, connected } = principal
    return {
      id,
      kind,
      name,
      accountId,
      nearness,
      connected,
      isGrantee: grantees.has(id),
      onlyByGrant: listOnlyByGrant(key, principal, cells),
      cells,
      uses: judgeUses(key, principal, abilities, cells),
    }
  }
  return mapInTurns(principals, judge, until)
}

function listOnlyByGrant(
  key: KeyFacts,
  principal: PrincipalFacts,
  cells: Readonly<Record<string, Cell>>,
): string[] {
  // Whom no grant names has nothing by one.
  if (!key.grants || !canBeGrantee(key.grants, principal.id)) return []
  const without = { ...key, grants: [] }
  return abilitiesOf(key.keyUsage)
    .filter(
      (ability) => cells[ability.id] !== 'no' && judgeAbility(without, principal, ability) === 'no',
    )
    .map(({ id }) => id)
}

const distance = {
  anyone: 0,
  outside: 1,
  elsewhere: 1,
  organization: 2,
  account: 3,
  aws: 4,
} as const

/** As localeCompare orders, which looks up the order anew for each pair. */
const byName = new Intl.Collator()

/**
 * Who comes from furthest away stands first; the key's own account as such
 * before its users and roles.
 */
function byDistance(a: AccessPerson, b: AccessPerson): number {
  return (
    distance[a.nearness] - distance[b.nearness] ||
    Number(b.kind === 'account') - Number(a.kind === 'account') ||
    byName.compare(a.name, b.name)
  )
}

/** Says what an answer made of these inputs does not know. */
export function listGaps({ policy, grants, iam, organizationGap, state }: ReadTimes): string[] {
  return [
    policy === null &&
      'The key policy could not be read, so nothing here is certain but what grants give.',
    grants === null && 'Grants have not been read: someone may have access through one.',
    iam === null &&
      'IAM of the key’s account has not been read: which of its users and roles may use the key is not known.',
    organizationGap,
    state === null &&
      'The state of the key has not been read: whether AWS takes what is allowed is not known.',
  ].filter((gap) => gap !== false && gap !== null)
}
