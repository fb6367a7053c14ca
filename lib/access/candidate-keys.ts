import 'server-only'
import type { Scope } from '../auth/permissions'
import { join, sql, type Sql } from '../db/client'
import { withinAccounts } from '../db/scope'
import type { PolicyDocument } from '../policy/document'
import { mapInTurns } from '../work/turns'
import { abilities } from './abilities'
import { judgeIfWilling } from './judge'
import type { KeyFacts } from './key-facts'
import { groupingOf, readGroups, type Grouping, type KeyGroup } from './key-groups'
import { findPoliciesNaming, type NumberedPolicy } from './policy-names'
import type { PrincipalFacts } from './principal-facts'
import { isPlain } from './share-verdict'

/** Keys that a principal might do something with, in groups of one verdict each. */
export type Candidates = {
  grouping: Grouping
  groups: readonly KeyGroup[]
  /** Of the policies that speak of the principal, by number; null: the text is not here. */
  documents: ReadonlyMap<number, PolicyDocument | null>
  /** The grants that can name the principal, by key. */
  grantsBy: ReadonlyMap<string, readonly string[]>
  /** There was no time to look at every policy. */
  isCut: boolean
}

type Wanted = {
  scope: Scope
  /** The principal as the keys see it, where that differs with how much the asker is told. */
  principals: readonly PrincipalFacts[]
  /** Documents that decide beside the key's: what the principal holds, the organization's. */
  beside: readonly PolicyDocument[]
}

/**
 * Finds the keys in a scope that a principal might do something with: those whose policy or grants
 * might let it in, and those of which one of the two was not read. Each policy is asked once,
 * however many keys have it.
 */
export async function findCandidates(
  { scope, principals, beside }: Wanted,
  until: number,
): Promise<Candidates> {
  const [{ id, accountId } = { id: '', accountId: null }] = principals
  const names = ['*', accountId ?? id.toLowerCase()]
  const [found, granted] = await Promise.all([
    findPoliciesNaming(scope, names, until),
    listGrantsTo(scope, id, accountId),
  ])
  const ask = ({ id: policy, document }: NumberedPolicy) => {
    const mayEnter = (of: string) =>
      document === null || principals.some((principal) => mayLetIn(document, principal, of))
    const own = accountId !== null && mayEnter(accountId)
    return { id: policy, document, own, foreign: mayEnter(nobodys) }
  }
  const judged = await mapInTurns(found.policies, ask, until)
  const grantsBy = new Map<string, string[]>()
  for (const { keyArn, grantId } of granted) {
    const some = grantsBy.get(keyArn)
    if (some) some.push(grantId)
    else grantsBy.set(keyArn, [grantId])
  }
  const apart = [...grantsBy.keys()]
  const grouping = groupingOf({
    scope,
    keys: waysIn(accountId, {
      own: judged.flatMap(({ id: policy, own }) => (own ? policy : [])),
      foreign: judged.flatMap(({ id: policy, foreign }) => (foreign ? policy : [])),
      granted: apart,
    }),
    policies: judged,
    beside,
    apart,
    naming: isToldOf(scope, accountId) ? null : isNaming(scope, accountId),
  })
  return {
    grouping,
    groups: await readGroups(grouping),
    documents: new Map(judged.map(({ id: policy, document }) => [policy, document])),
    grantsBy,
    isCut: found.isCut || judged.length < found.policies.length,
  }
}

const nobodys = '000000000000'

/**
 * Whether a policy that speaks of a principal's account might let the principal do anything with a
 * key of an account, whatever else is true of the key and whatever the principal's own account says.
 * "No" is certain.
 */
function mayLetIn(policy: PolicyDocument, principal: PrincipalFacts, accountId: string): boolean {
  // What hangs on which key it is cannot be answered without one.
  if (!isPlain(policy) || /aws:(?:requestedregion|resourceaccount)/i.test(policy.text)) return true
  const partition = /^arn:([^:]+):/.exec(principal.id)?.[1] ?? 'aws'
  const key: KeyFacts = {
    arn: `arn:${partition}:kms:us-east-1:${accountId}:key/any`,
    accountId,
    keyUsage: null,
    keyManager: 'CUSTOMER',
    keyState: null,
    policy,
    grants: [],
    resourceControlPolicies: undefined,
    organizationId: null,
    context: {},
  }
  const unbound = { ...principal, serviceControlPolicies: undefined }
  return abilities.some((ability) => judgeIfWilling(key, unbound, ability) !== 'no')
}

type Granted = { keyArn: string; grantId: string }

/**
 * The grants that can name a principal: itself, its account, the sessions of its role, the role of
 * its session, whose ARN lacks the path.
 */
function listGrantsTo(scope: Scope, id: string, accountId: string | null): Promise<Granted[]> {
  const within = withinAccounts('r.account', scope)
  const [, role] = /:role\/(?:.*\/)?([^/]+)$/.exec(id) ?? []
  const [, sessionOf] = /:assumed-role\/([^/]+)\//.exec(id) ?? []
  const partition = /^arn:([^:]+):/.exec(id)?.[1] ?? 'aws'
  const rolesOf = `arn:${partition}:iam::${accountId ?? ''}:role/`
  const name = role ?? sessionOf
  const names =
    accountId === null ? [id] : [id, accountId, `arn:${partition}:iam::${accountId}:root`]
  const ways = [
    isGrantedTo(sql`n.principal = ANY(${names})`),
    ...(name === undefined ? [] : [sql`r.entity = ${`${accountId ?? ''}/role/${name}`}`]),
    ...(sessionOf === undefined
      ? []
      : [
          sql`r.entity ^@ ${rolesOf}
            AND (r.entity = ${rolesOf + sessionOf}
              OR right(r.entity, ${sessionOf.length + 1}::int) = ${`/${sessionOf}`})`,
        ]),
    ...(accountId === null ? [isGrantedTo(sql`lower(n.principal) = ${id.toLowerCase()}`)] : []),
  ]
  return sql.query<Granted>(
    join(
      ways.map(
        (way) => sql`SELECT r.key_arn AS "keyArn", r.grant_id AS "grantId"
          FROM derived.grant_row r WHERE NOT r.gone AND ${within} AND ${way}`,
      ),
      ' UNION ',
    ),
  )
}

/** By number: whom grants name stands once for all of them. */
const isGrantedTo = (isMeant: Sql) =>
  sql`r.id IN (SELECT l.id FROM derived.grant_principal n
    JOIN derived.grant_line l ON l.grantee = n.id AND NOT l.gone WHERE ${isMeant})`

/** The asker is told of the account whatever a key says, or there is none. */
const isToldOf = (scope: Scope, accountId: string | null): accountId is null =>
  scope.all || accountId === null || scope.accountIds.includes(accountId)

/** Lists those of these keys that have a grant to somebody of the principal's account. */
export async function listNaming(
  scope: Scope,
  accountId: string | null,
  arns: readonly string[],
): Promise<ReadonlySet<string>> {
  if (isToldOf(scope, accountId)) return new Set()
  const rows = await sql.query<{ arn: string }>(
    sql`SELECT y.arn FROM derived.grant_key y WHERE y.arn = ANY(${arns}) AND EXISTS (
      SELECT FROM derived.grant_line g JOIN derived.grant_principal n ON n.id = g.grantee
      WHERE g.key = y.id AND NOT g.gone AND n.account = ${accountId})`,
  )
  return new Set(rows.map(({ arn }) => arn))
}

/** The key has a grant to somebody of an account. One pass over the lines of grants. */
const isNaming = (scope: Scope, accountId: string) =>
  sql`(l.arn IN (SELECT y.arn FROM derived.grant_key y WHERE y.id IN (
    SELECT g.key FROM derived.grant_line g WHERE NOT g.gone
      AND (g.grantee IN (SELECT n.id FROM derived.grant_principal n
        WHERE n.account = ${accountId})) IS TRUE
      AND (g.shared IN (SELECT c.id FROM derived.grant_shared c
        WHERE ${withinAccounts('c.account', scope)})) IS TRUE))) IS TRUE`

type Ways = { own: readonly number[]; foreign: readonly number[]; granted: readonly string[] }

/** The key has one of these policies or grants, or could not be read. */
const waysIn = (accountId: string | null, { own, foreign, granted }: Ways) => [
  sql`l.policy = ANY(${[...new Set([...own, ...foreign])]}::int[])
    AND CASE WHEN l.account = ${accountId ?? ''} THEN l.policy = ANY(${own}::int[])
      ELSE l.policy = ANY(${foreign}::int[]) END`,
  sql`l.policy IS NULL`,
  sql`NOT l.grants_read`,
  sql`l.arn = ANY(${granted})`,
]
