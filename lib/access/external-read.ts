import 'server-only'
import type { Scope } from '../auth/permissions'
import { db, sql } from '../db/client'
import { accountNames, inScope } from '../inventory/read'
import { listExternal, type ExternalReach } from './external'
import { fleetColumns, weighKeys, type WeighedKey } from './fleet-keys'
import { accountOfPrincipal } from './principal-facts'
import { inAccounts, readIam, readOrganization, type Reading } from './read'

export type Review = { decision: 'accepted' | 'toFix'; reason: string; until: string | null; by: string; at: string }
export type ReviewState = 'unreviewed' | 'accepted' | 'toFix' | 'ended' | 'changed'
export type ExternalRow = ExternalReach & {
  key: { accountId: string; accountName: string; region: string; keyId: string; aliases: string[] }
  state: ReviewState
  /** The newest, ended or outdated ones too. */
  review: Review | null
}
export type ExternalAccess = {
  rows: ExternalRow[]
  /** Keys that were weighed, and of them those of which the policy or the grants could not be read. */
  keys: number
  unread: { policy: number; grants: number }
  more: boolean
  organizationRead: string | null
}

const most = 5_000

/** Every key in the person's scope that somebody beyond its account reaches, with what was decided about it. */
export async function listExternalAccess(permit: Reading): Promise<ExternalAccess> {
  const organization = await readOrganization()
  const stored = await db.key.findMany({ where: { AND: [{ goneAt: null }, inScope(permit.scope)] }, orderBy: { arn: 'asc' }, take: most + 1, select: fleetColumns })
  const keys = await weighKeys(stored.slice(0, most), organization)
  const reached = await reachOf(permit.scope, keys, organization)
  const [names, reviews] = await Promise.all([accountNames(keys.map(({ row }) => row.accountId)), readReviews(reached.map(({ keyArn }) => keyArn))])
  const rows = reached.flatMap((reach): ExternalRow[] => {
    const row = keys.find(({ row: { arn } }) => arn === reach.keyArn)?.row
    if (!row) return []
    const { accountId, region, keyId, aliases } = row
    return [{ ...reach, key: { accountId, accountName: names.get(accountId) ?? accountId, region, keyId, aliases }, ...stateOf(reviews.get(`${reach.keyArn} ${reach.principal}`), reach.basis, Date.now()) }]
  })
  return {
    rows, keys: keys.length, more: stored.length > most, organizationRead: organization?.readAt ?? null,
    unread: { policy: keys.filter(({ facts }) => facts.policy === null).length, grants: keys.filter(({ facts }) => facts.grants === null).length },
  }
}

/** Who reaches these keys from outside. IAM of their accounts in the person's scope narrows it; of others it is not known. */
export async function reachOf(scope: Scope, keys: readonly WeighedKey[], organization: Awaited<ReturnType<typeof readOrganization>>): Promise<ExternalReach[]> {
  const accounts = new Set(keys.flatMap(({ named }) => [...named].flatMap((id) => accountOfPrincipal(id) ?? [])))
  const [{ iam }, since] = await Promise.all([readIam(inAccounts(scope, [...accounts])), readPolicySince(keys.map(({ row }) => row.arn))])
  const sources = { iam, organization: organization?.facts ?? null }
  return keys.flatMap((key) => listExternal(sources, key, since.get(key.row.arn) ?? null))
}

/** When the policy that is in force now was first seen. */
async function readPolicySince(arns: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await sql.query<{ keyArn: string; since: Date }>(
    `SELECT DISTINCT ON ("keyArn") "keyArn", "firstSeenAt" AS "since" FROM "PolicyVersion" WHERE "keyArn" = ANY($1) ORDER BY "keyArn", "firstSeenAt" DESC`, [arns])
  return new Map(rows.map(({ keyArn, since }) => [keyArn, since.toISOString()]))
}

export type StoredReview = Review & { basis: string }

async function readReviews(arns: readonly string[]): Promise<ReadonlyMap<string, StoredReview>> {
  const rows = await sql.query<{ keyArn: string; principal: string; decision: Review['decision']; reason: string; until: Date | null; basis: string; by: string; at: Date }>(
    `SELECT DISTINCT ON ("keyArn", "principal") "keyArn", "principal", "decision", "reason", "until", "basis", "reviewedBy" AS "by", "reviewedAt" AS "at"
     FROM "ExternalReview" WHERE "keyArn" = ANY($1) ORDER BY "keyArn", "principal", "reviewedAt" DESC`, [[...new Set(arns)]])
  return new Map(rows.map(({ keyArn, principal, until, at, ...rest }) => [`${keyArn} ${principal}`, { ...rest, until: until?.toISOString() ?? null, at: at.toISOString() }]))
}

/** What a review is worth now: an acceptance ends, and speaks only of the roads in that it was given for. */
export function stateOf(stored: StoredReview | undefined, basis: string, now: number): { state: ReviewState; review: Review | null } {
  if (!stored) return { state: 'unreviewed', review: null }
  const { basis: given, ...review } = stored
  if (given !== basis) return { state: 'changed', review }
  if (review.decision === 'accepted' && review.until !== null && Date.parse(review.until) <= now) return { state: 'ended', review }
  return { state: review.decision, review }
}
