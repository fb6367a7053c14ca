import 'server-only'
import type { Permit } from '../auth/permit'
import type { KeyPlace } from '../inventory/read'
import { abilitiesOf } from './abilities'
import { judgeAll, type Cell } from './judge'
import type { PrincipalFacts } from './principal-facts'
import { readKeyAccess, type ReadTimes } from './read'

export type AccessPerson = Pick<PrincipalFacts, 'id' | 'kind' | 'name' | 'accountId' | 'nearness' | 'connected'> & {
  /** Named as grantee of a grant of this key. */
  isGrantee: boolean
}
export type AccessTable = {
  abilities: { id: string; label: string; kind: 'use' | 'administer'; action: string }[]
  rows: (AccessPerson & { cells: Readonly<Record<string, Cell>> })[]
  /** Principals that were asked about, those who can do nothing included. */
  asked: number
  readAt: ReadTimes
  /** What this table does not know, in words. */
  gaps: string[]
}

export async function listAccess(permit: Permit<'access.read'>, place: KeyPlace): Promise<AccessTable> {
  const { key, principals, readAt } = await readKeyAccess(permit, place)
  const grantees = new Set(key.grants?.flatMap((grant) => grant.GranteePrincipal ?? grant.GranteeServicePrincipal ?? []))
  const abilities = abilitiesOf(key.keyUsage)
  return {
    abilities: abilities.map(({ id, label, kind, actions: [action = ''] }) => ({ id, label, kind, action })),
    rows: judgeAll(key, principals).map(({ principal: { id, kind, name, accountId, nearness, connected }, cells }) =>
      ({ id, kind, name, accountId, nearness, connected, isGrantee: grantees.has(id), cells })),
    asked: principals.length,
    readAt,
    gaps: listGaps(readAt),
  }
}

/** What an answer made of these inputs does not know, in words. */
export function listGaps({ policy, grants, iam, organization }: ReadTimes): string[] {
  return [
    policy === null && 'The key policy could not be read, so nothing here is certain but what grants give.',
    grants === null && 'Grants have not been read: someone may have access through one.',
    iam === null && 'IAM of the key’s account has not been read: which of its users and roles may use the key is not known.',
    organization === null && 'The organization’s policies have not been read. One of them may forbid what the rest allows.',
  ].filter((gap) => gap !== false)
}
