import 'server-only'
import type { KeyPlace } from '../inventory/read'
import { abilitiesOf } from './abilities'
import { judgeAbility, judgeAll, type Cell } from './judge'
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

/**
 * Evaluates everybody who could have something to do with a key, and says what the answer does not
 * know.
 * @throws AppError not_found for a key out of the person's scope.
 */
export async function listAccess(permit: Reading, place: KeyPlace): Promise<AccessTable> {
  const { key, principals, readAt, isNarrowed } = await readKeyAccess(permit, place)
  const grantees = new Set(
    key.grants?.flatMap((grant) => grant.GranteePrincipal ?? grant.GranteeServicePrincipal ?? []),
  )
  const abilities = abilitiesOf(key.keyUsage)
  return {
    abilities: abilities.map(({ id, label, kind, actions: [action = ''] }) => ({
      id,
      label,
      kind,
      action,
    })),
    rows: judgeAll(key, principals)
      .map(({ principal, cells }) => {
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
      })
      .toSorted(byDistance),
    keyState: key.keyState,
    asked: principals.length,
    readAt,
    gaps: [
      ...listGaps(readAt),
      ...(isNarrowed
        ? [
            'The key policy speaks of anyone, and more accounts are connected than one ' +
              'answer weighs: of some of them nobody is listed.',
          ]
        : []),
    ],
  }
}

function listOnlyByGrant(
  key: KeyFacts,
  principal: PrincipalFacts,
  cells: Readonly<Record<string, Cell>>,
): string[] {
  if (!key.grants || key.grants.length === 0) return []
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

/**
 * Who comes from furthest away stands first; the key's own account as such
 * before its users and roles.
 */
function byDistance(a: AccessPerson, b: AccessPerson): number {
  return (
    distance[a.nearness] - distance[b.nearness] ||
    Number(b.kind === 'account') - Number(a.kind === 'account') ||
    a.name.localeCompare(b.name)
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
