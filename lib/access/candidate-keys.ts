import 'server-only'
import type { Scope } from '../auth/permissions'
import { join, sql, type Sql } from '../db/client'
import { withinAccounts } from '../db/scope'
import type { PolicyDocument } from '../policy/document'
import { mapInTurns } from '../work/turns'
import { abilities } from './abilities'
import { namedBy } from './candidates'
import { judgeIfWilling } from './judge'
import type { KeyFacts } from './key-facts'
import { parsedPolicy } from './parsed'
import type { PrincipalFacts } from './principal-facts'
import { isPlain } from './share-verdict'

/** Keys that a principal might do something with, by ARN, and the grants that can name it, by key. */
export type Candidates = {
  arns: string[]
  grantsBy: ReadonlyMap<string, readonly string[]>
  /** Keys with a grant to somebody of the principal's account. */
  namingAccount: ReadonlySet<string>
  /** There was no time to look at every policy. */
  isCut: boolean
}

/** Policy texts that are read at once. */
const piece = 500

/**
 * Finds the keys in a scope that a principal might do something with: those whose policy or grants
 * might let it in, and those of which one of the two was not read. Each policy is asked once,
 * however many keys have it. `principals`: the principal as the keys see it, where that differs
 * with how much the asker is told.
 */
export async function findCandidates(
  scope: Scope,
  principals: readonly PrincipalFacts[],
  until: number,
): Promise<Candidates> {
  const [{ id, accountId } = { id: '', accountId: null }] = principals
  const [hashes, granted, namingAccount] = await Promise.all([
    listPolicies(scope),
    listGrantsTo(scope, id, accountId),
    scope.all || accountId === null ? [] : listKeysNaming(scope, accountId),
  ])
  const judged: { hash: string; own: boolean; foreign: boolean }[] = []
  for (let start = 0; start < hashes.length && performance.now() < until; start += piece) {
    const texts = await sql.query<{ hash: string; text: string }>(
      sql`SELECT hash, text FROM "PolicyDocument"
        WHERE hash = ANY(${hashes.slice(start, start + piece)})`,
    )
    const ask = ({ hash, text }: { hash: string; text: string }) => {
      const document = parsedPolicy(text, 'key')
      const mayEnter = (of: string) =>
        principals.some((principal) => mayLetIn(document, principal, of))
      return { hash, own: accountId !== null && mayEnter(accountId), foreign: mayEnter(nobodys) }
    }
    judged.push(...(await mapInTurns(texts, ask, until)))
  }
  const grantsBy = new Map<string, string[]>()
  for (const { keyArn, grantId } of granted) {
    const some = grantsBy.get(keyArn)
    if (some) some.push(grantId)
    else grantsBy.set(keyArn, [grantId])
  }
  const arns = await listKeysWith(scope, accountId, {
    own: judged.filter(({ own }) => own).map(({ hash }) => hash),
    foreign: judged.filter(({ foreign }) => foreign).map(({ hash }) => hash),
    granted: [...grantsBy.keys()],
  })
  return {
    arns,
    grantsBy,
    namingAccount: new Set(namingAccount.map(({ keyArn }) => keyArn)),
    isCut: judged.length < hashes.length,
  }
}

const nobodys = '000000000000'

/**
 * Whether a policy might let a principal do anything with a key of an account, whatever else is
 * true of the key and whatever the principal's own account says. "No" is certain.
 */
function mayLetIn(policy: PolicyDocument, principal: PrincipalFacts, accountId: string): boolean {
  // What hangs on which key it is cannot be answered without one.
  if (!isPlain(policy) || /aws:(?:requestedregion|resourceaccount)/i.test(policy.text)) return true
  if (!mightName(policy, principal)) return false
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

/** Anyone, somebody of the principal's account, or the service: whoever else is named is not it. */
const mightName = (policy: PolicyDocument, { id, accountId }: PrincipalFacts): boolean =>
  [...namedBy(policy, null)].some(
    (name) =>
      name === '*' ||
      (accountId === null ? name.toLowerCase() === id.toLowerCase() : name.includes(accountId)),
  )

async function listPolicies(scope: Scope): Promise<string[]> {
  const rows = await sql.query<{ hash: string }>(
    sql`SELECT DISTINCT "policyHash" AS hash FROM "Key"
      WHERE "goneAt" IS NULL AND "policyHash" IS NOT NULL AND ${withinAccounts('"accountId"', scope)}`,
  )
  return rows.map(({ hash }) => hash)
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

/** One pass over the lines of grants: an account might have been given many. */
const listKeysNaming = (scope: Scope, accountId: string) =>
  sql.query<{ keyArn: string }>(
    sql`SELECT y.arn AS "keyArn" FROM derived.grant_key y WHERE y.id IN (
      SELECT l.key FROM derived.grant_line l WHERE NOT l.gone
        AND (l.grantee IN (SELECT n.id FROM derived.grant_principal n
          WHERE n.account = ${accountId})) IS TRUE
        AND (l.shared IN (SELECT c.id FROM derived.grant_shared c
          WHERE ${withinAccounts('c.account', scope)})) IS TRUE)`,
  )

type Wanted = { own: readonly string[]; foreign: readonly string[]; granted: readonly string[] }

/** The keys in a scope that have one of these policies or grants, or could not be read. */
async function listKeysWith(
  scope: Scope,
  accountId: string | null,
  { own, foreign, granted }: Wanted,
): Promise<string[]> {
  const ways = [
    sql`k."policyHash" = ANY(${own}) AND k."accountId" = ${accountId ?? ''}`,
    sql`k."policyHash" = ANY(${foreign}) AND k."accountId" <> ${accountId ?? ''}`,
    sql`k."policyHash" IS NULL`,
    sql`k."grantsAt" IS NULL`,
    sql`k.arn = ANY(${granted})`,
  ]
  const rows = await sql.query<{ arn: string }>(
    sql`SELECT arn FROM (${join(
      ways.map(
        (way) => sql`SELECT k.arn FROM "Key" k
          WHERE k."goneAt" IS NULL AND ${withinAccounts('k."accountId"', scope)} AND ${way}`,
      ),
      ' UNION ',
    )}) found ORDER BY arn`,
  )
  return rows.map(({ arn }) => arn)
}
