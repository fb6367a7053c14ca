import 'server-only'
import type { Permit } from '../auth/permit'
import { reachesAccount, type Scope } from '../auth/permissions'
import { db, sql, type Tx } from '../db/client'
import { AppError } from '../errors'
import { getKeyRow, type KeyPlace } from '../inventory/read'
import type { PolicyDocument } from '../policy/document'
import type { Grant } from '../policy/grants'
import { iamReadAt, joinIamRead } from '../sweep/last-read'
import type { KeyRow } from '../inventory/key-detail'
import { mapInTurns } from '../work/turns'
import { namedBy, trustedAccounts } from './candidates'
import { factsOfPrincipal, type Sources } from './gather'
import { gatherIam, type IamFacts, type IamRow } from './iam-facts'
import { contextOfKey, daysWithoutUsage, type KeyFacts } from './key-facts'
import {
  controlPoliciesOf,
  isMember,
  organizationGap,
  organizationPathOf,
  standaloneOf,
  type OrganizationFacts,
  type Standalone,
} from './organization-facts'
import { parsedPolicy } from './parsed'
import type { PrincipalFacts } from './principal-facts'

/** As of when each input of an answer was read; null: never. */
export type ReadTimes = {
  policy: string | null
  grants: string | null
  iam: string | null
  organization: string | null
  /** What of the organization of the key's account is not known, and what settles it. */
  organizationGap: string | null
  /** The state of the key. */
  state: string | null
}
export type KeyAccess = {
  row: KeyRow
  key: KeyFacts
  principals: PrincipalFacts[]
  sources: Sources
  readAt: ReadTimes
  /** The policy speaks of anyone, and not every account we know was asked. */
  isNarrowed: boolean
}

const mostAccounts = 50
const listAccountsWithIam = async () =>
  (
    await sql.query<{ accountId: string }>(
      `SELECT DISTINCT "accountId" FROM "IamEntity" WHERE "accountId" <> 'aws' AND "goneAt" IS NULL ORDER BY 1`,
    )
  ).map(({ accountId }) => accountId)

/** Returns which of these accounts a scope covers. */
export const inAccounts = (scope: Scope, accountIds: readonly string[]) =>
  accountIds.filter((id) => reachesAccount(scope, id))

/** Who may read access: on the screen, as a file, and to review it. */
export type Reading = Permit<'access.read' | 'keys.export' | 'external.review' | 'requests.create'>

/**
 * Reads everyone who could have something to do with a key, with all that decides it. Policies of
 * accounts outside the person's scope are not used: there the account decides, as for one that is
 * not connected. `others`: policies the key could have instead, whose principals are wanted too.
 * `also`: accounts whose principals will be asked about.
 */
export async function readKeyAccess(
  permit: Reading,
  place: KeyPlace,
  others: readonly PolicyDocument[] = [],
  also: readonly string[] = [],
): Promise<KeyAccess> {
  const row = await getKeyRow(permit, place)
  const [policy, grants, organization] = await Promise.all([
    row.policyHash ? db.policyDocument.findUnique({ where: { hash: row.policyHash } }) : null,
    row.grantsAt ? readGrants(row.arn) : null,
    readOrganization(),
  ])
  const document = policy && parsedPolicy(policy.text, 'key')
  const named = new Set([document, ...others].flatMap((each) => [...namedBy(each, grants)]))
  // A policy that names anyone is about every account we know; a key that AWS manages is about its
  // own account alone.
  const known = named.has('*') && row.keyManager !== 'AWS' ? await listAccountsWithIam() : []
  const wanted = inAccounts(permit.scope, [
    ...new Set([
      row.accountId,
      ...known.slice(0, mostAccounts),
      ...trustedAccounts(named),
      ...accountsOf(named),
      ...also,
    ]),
  ])
  const { iam, readAt } = await readIam(wanted)
  const key = factsOfKey(row, document, grants, organization)
  const hidden = hiddenFrom(permit.scope, namedBy(document, grants))
  const sources = { iam, organization: organization?.facts ?? null, hidden }
  const ids = new Set([...named, ...iam.entities.keys()])
  return {
    row,
    key,
    sources,
    isNarrowed: known.length > mostAccounts,
    principals: await mapInTurns(ids, (id) => factsOfPrincipal(sources, id, row.accountId)),
    readAt: {
      policy: row.policyAt,
      grants: row.grantsAt,
      iam: readAt,
      organization: organizationReadAt(organization, row.accountId),
      organizationGap: organizationGap(organization?.facts ?? null, row.accountId),
      state: row.keyState === null ? null : row.describedAt,
    },
  }
}

/**
 * Returns the accounts of which a person is told nothing beyond what the key itself says: those of
 * neither their scope nor the key's stored policy and grants. A draft or a question could name any
 * account.
 */
export function hiddenFrom(
  scope: Scope,
  named: ReadonlySet<string>,
): (accountId: string) => boolean {
  if (scope.all) return () => false
  const known = new Set([...scope.accountIds, ...accountsOf(named)])
  return (accountId) => !known.has(accountId)
}

const accountsOf = (named: ReadonlySet<string>) =>
  [...named].flatMap((id) => /^arn:[^:]+:(?:iam|sts)::(\d{12}):/.exec(id)?.[1] ?? [])

/**
 * Returns what of a key decides about access. RCPs do not apply to AWS managed keys
 * (lib/kms/README.md, "Who manages a key").
 */
export function factsOfKey(
  row: KeyPart,
  policy: KeyFacts['policy'],
  grants: readonly Grant[] | null,
  organization: Read<OrganizationFacts> | null,
): KeyFacts {
  const facts = organization?.facts ?? null
  const organizationId = facts && isMember(facts, row.accountId) ? facts.id : null
  return {
    arn: row.arn,
    accountId: row.accountId,
    keyUsage: row.keyUsage,
    keyManager: row.keyManager,
    keyState: row.keyState,
    policy,
    grants,
    organizationId,
    // RCPs do not apply to AWS managed keys.
    resourceControlPolicies:
      row.keyManager === 'AWS' ? undefined : controlPoliciesOf(facts, row.accountId, 'rcp'),
    context: contextOfKey(row, organizationId, organizationPathOf(facts, row.accountId)),
    trailingDaysWithoutUsage: daysWithoutUsage(row, Date.now()),
  }
}

/** What of a key decides about access. */
export type KeyPart = Parameters<typeof contextOfKey>[0] &
  Parameters<typeof daysWithoutUsage>[0] & {
    arn: string
    accountId: string
    keyManager: string | null
    keyState: string | null
  }

export type Read<T> = { facts: T; readAt: string | null }

async function readGrants(keyArn: string): Promise<Grant[]> {
  return (await readGrantsOf([keyArn])).get(keyArn) ?? []
}

/**
 * Reads the grants that are not gone, by key; `among`: of these ids alone. A key without any is not
 * in the map.
 */
export async function readGrantsOf(
  keyArns: readonly string[],
  from: Pick<Tx, 'grant'> = db,
  among?: readonly string[],
): Promise<ReadonlyMap<string, (Grant & { CreationDate?: Date })[]>> {
  const rows = await from.grant.findMany({
    where: {
      keyArn: { in: [...keyArns] },
      goneAt: null,
      ...(among && { grantId: { in: [...among] } }),
    },
    orderBy: [{ keyArn: 'asc' }, { grantId: 'asc' }],
  })
  const grants = rows.map((row) => ({
    KeyId: row.keyArn,
    CreationDate: row.createdAt ?? undefined,
    GrantId: row.grantId,
    Name: row.name ?? undefined,
    IssuingAccount: row.issuingAccount ?? undefined,
    Operations: row.operations,
    GranteePrincipal: row.granteePrincipal ?? undefined,
    GranteeServicePrincipal: row.granteeServicePrincipal ?? undefined,
    RetiringPrincipal: row.retiringPrincipal ?? undefined,
    RetiringServicePrincipal: row.retiringServicePrincipal ?? undefined,
    Constraints: toConstraints(row.constraints),
  }))
  const byKey = new Map<string, (typeof grants)[number][]>()
  for (const grant of grants) {
    const own = byKey.get(grant.KeyId)
    if (own) own.push(grant)
    else byKey.set(grant.KeyId, [grant])
  }
  return byKey
}

function toConstraints(stored: unknown): Grant['Constraints'] {
  if (typeof stored !== 'object' || stored === null) return undefined
  const {
    EncryptionContextSubset: subset,
    EncryptionContextEquals: equals,
    SourceArn: sourceArn,
  } = { ...stored } as Record<string, unknown>
  const pairs = (value: unknown) =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]))
      : undefined
  return {
    EncryptionContextSubset: pairs(subset),
    EncryptionContextEquals: pairs(equals),
    SourceArn: typeof sourceArn === 'string' ? sourceArn : undefined,
  }
}

/** Reads IAM of those of these accounts that were read at all. `readAt`: the oldest of them. */
export async function readIam(
  accountIds: readonly string[],
): Promise<{ iam: IamFacts; readAt: string | null }> {
  const rows = await sql.query<IamRow & { observedAt: Date }>(
    `SELECT e."arn", e."accountId", e."kind", e."name", e."path", e."uniqueId", e."details",
       ${iamReadAt} AS "observedAt"
     FROM "IamEntity" e ${joinIamRead}
     WHERE e."goneAt" IS NULL AND e."accountId" = ANY($1 || '{aws}'::text[])`,
    [accountIds],
  )
  const own = rows.filter((row) => row.accountId !== 'aws')
  const oldest = own.reduce<Date | null>(
    (least, { observedAt }) => (least === null || observedAt < least ? observedAt : least),
    null,
  )
  return {
    iam: gatherIam(new Set(own.map((row) => row.accountId)), rows),
    readAt: oldest?.toISOString() ?? null,
  }
}

/** Reads everything known about organizations; null: nothing at all. */
export async function readOrganization(
  from: Pick<Tx, 'account' | 'organization' | 'organizationNode' | 'organizationPolicy'> = db,
): Promise<Read<OrganizationFacts> | null> {
  const [organization, nodes, policies, accounts] = await Promise.all([
    from.organization.findFirst(),
    from.organizationNode.findMany(),
    from.organizationPolicy.findMany(),
    readStandings(from),
  ])
  const { standalone, memberOf } = accounts
  if (!organization && standalone.size === 0 && memberOf.size === 0) return null
  // The organization itself is known before its tree and policies, which answers stand on.
  const treeAt = nodes[0]?.observedAt.toISOString() ?? null
  return {
    readAt: organization || standalone.size < accounts.count ? treeAt : oldestOf(standalone),
    facts: {
      id: organization?.id ?? null,
      managementAccountId: organization?.managementAccountId ?? null,
      nodes: new Map(nodes.map((node) => [node.id, { ...node, problems: toTexts(node.problems) }])),
      policies: new Map(policies.map((policy) => [policy.id, policy.content])),
      standalone,
      memberOf,
    },
  }
}

/** Reads how each connected account stands towards organizations, as AWS or a person said. */
async function readStandings(from: Pick<Tx, 'account'>) {
  const rows = await from.account.findMany({
    where: { removedAt: null },
    select: {
      id: true,
      organizationId: true,
      noOrganizationAt: true,
      noOrganizationStatedAt: true,
      noOrganizationStatedBy: true,
    },
  })
  const standalone = new Map<string, Standalone>()
  const memberOf = new Map<string, string>()
  for (const row of rows) {
    const at = row.noOrganizationAt ?? row.noOrganizationStatedAt
    const statedBy = row.noOrganizationAt ? null : row.noOrganizationStatedBy
    if (row.organizationId) memberOf.set(row.id, row.organizationId)
    else if (at) standalone.set(row.id, { at: at.toISOString(), statedBy })
  }
  return { standalone, memberOf, count: rows.length }
}

const oldestOf = (standalone: ReadonlyMap<string, Standalone>): string | null =>
  [...standalone.values()].map(({ at }) => at).sort()[0] ?? null

/**
 * Returns the time as of which the organization of one account is known, or known to be none; null:
 * never.
 */
function organizationReadAt(read: Read<OrganizationFacts> | null, accountId: string) {
  const alone = standaloneOf(read?.facts ?? null, accountId)
  return alone ? alone.at : (read?.readAt ?? null)
}

const toTexts = (value: unknown): Record<string, string> =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]))
    : {}

/**
 * Returns a principal as it stands towards one key. @throws AppError invalid for what is no
 * principal.
 */
export function requirePrincipal(access: KeyAccess, id: string): PrincipalFacts {
  const facts =
    access.principals.find((principal) => principal.id === id) ??
    factsOfPrincipal(access.sources, id, access.key.accountId)
  if (facts.kind === 'other')
    throw new AppError(
      'invalid',
      `"${id}" is no principal: give the ARN of a user, role, session or account root, a service's name, or *.`,
    )
  return facts
}
