import 'server-only'
import { raw, sql, transaction, type Sql, type Tx } from '@/lib/db/client'
import { joinSlice, readAt } from '@/lib/sweep/last-read'
import type { PartProblem } from '@/lib/sweep/part'
import type { Looked } from './core-write'
import type { GrantRow } from './grant-facts'

export type GrantsSeen = {
  arn: string
  grants: GrantRow[]
  at: string | null
  problems: Record<string, PartProblem | null>
}

/**
 * A key may have 50,000 grants: keys are stored in groups of so many, and what is no more is
 * concluded from the whole list of a key.
 */
const piece = 2_000

/** Columns that AWS, or we, give another value while the grant is there. */
const changing = [
  'name',
  'operations',
  'constraints',
  'granteePrincipal',
  'retiringPrincipal',
  'granteeAccountId',
] as const
const fixed = [
  'keyArn',
  'grantId',
  'accountId',
  'region',
  'createdAt',
  'granteeServicePrincipal',
  'retiringServicePrincipal',
  'issuingAccount',
] as const
const columns = [...fixed, ...changing, 'issuerClass', 'observedAt'].map((name) => `"${name}"`)
const of = (row: string) => changing.map((name) => `${row}."${name}"`).join(', ')

/** Of the listed grants (r) those that are new, back, or another than stored (g). */
const isNewGrant = raw(`(g."grantId" IS NULL OR g."goneAt" IS NOT NULL OR ROW(${of('g')})
  IS DISTINCT FROM ROW(${of('r')}) OR g."issuerClass" NOT IN ('claviger', r."issuerClass"))`)
const joinStored = raw(
  `LEFT JOIN "Grant" g ON g."keyArn" = r."keyArn" AND g."grantId" = r."grantId"`,
)
const problems = raw('derived.merge_problems(k.problems, r.problems)')

/** Listed grants as rows. */
const grantRows = (grants: readonly GrantRow[]): Sql =>
  sql`jsonb_populate_recordset(null::"Grant", ${JSON.stringify(grants)}::jsonb)`
type KeyFacts = ReturnType<typeof toKeys>[number] & { before?: Date | null }
/** What the listings say of their keys, as rows r. */
const keyRows = (keys: readonly KeyFacts[]): Sql =>
  sql`jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) r(arn text, at timestamptz(3), total int,
    "byPeople" int, "cross" int, problems jsonb, before timestamptz)`

/** The keys of which a listing says what is not stored. */
const findNews = (grants: Sql, keys: Sql): Sql =>
  sql`WITH listed AS MATERIALIZED (SELECT * FROM ${grants}),
  seen AS MATERIALIZED (SELECT * FROM ${keys})
  SELECT r.arn FROM seen r JOIN "Key" k ON k.arn = r.arn
  WHERE ${problems} <> k.problems OR CASE WHEN r.at IS NULL
    THEN k."grantsAt" IS NOT NULL AND NOT 'grants' = ANY(k."readApart")
    ELSE k."grantsAt" IS NULL OR 'grants' = ANY(k."readApart")
      OR ROW(k."grantCount", k."grantsByPeople", k."grantsCrossAccount")
        IS DISTINCT FROM ROW(r.total, r."byPeople", r."cross") END
  UNION SELECT r."keyArn" FROM listed r ${joinStored} WHERE ${isNewGrant}
  UNION SELECT g."keyArn" FROM seen s JOIN "Grant" g ON g."keyArn" = s.arn
    WHERE s.at IS NOT NULL AND g."goneAt" IS NULL AND NOT EXISTS (SELECT 1 FROM listed l
      WHERE l."keyArn" = g."keyArn" AND l."grantId" = g."grantId")`

/**
 * Stores complete listings: a grant that one does not name is gone. A listing older than the stored
 * one changes nothing, and a sweep writes only the keys of which its listing is news.
 */
export async function writeGrants(seen: readonly GrantsSeen[], looked: Looked): Promise<void> {
  for (const group of groupBySize(seen)) {
    const news = looked === 'alone' ? group : await pickNews(group)
    if (news.length > 0)
      await transaction((tx) => writeNews(tx, news, looked), { timeoutMs: 120_000 })
  }
}

function groupBySize(seen: readonly GrantsSeen[]): GrantsSeen[][] {
  const groups: GrantsSeen[][] = []
  let room = 0
  for (const one of seen) {
    if (groups.length === 0 || one.grants.length > room) {
      groups.push([])
      room = piece
    }
    groups.at(-1)?.push(one)
    room -= one.grants.length
  }
  return groups
}

/** What each listing says of its key itself. */
const toKeys = (seen: readonly GrantsSeen[]) =>
  seen.map(({ arn, at, grants, problems: why }) => ({
    arn,
    at,
    problems: why,
    ...countGrants(grants),
  }))

const grantsOf = (seen: readonly GrantsSeen[]) => grantRows(seen.flatMap((one) => one.grants))

async function pickNews(seen: readonly GrantsSeen[]): Promise<GrantsSeen[]> {
  const rows = await sql.query<{ arn: string }>(findNews(grantsOf(seen), keyRows(toKeys(seen))))
  const news = new Set(rows.map(({ arn }) => arn))
  return seen.filter(({ arn }) => news.has(arn))
}

async function writeNews(tx: Tx, seen: readonly GrantsSeen[], looked: Looked): Promise<void> {
  const stored = await tx.query<{ arn: string; at: Date | null }>(
    `SELECT k.arn, ${readAt('grants')} AS at FROM "Key" k ${joinSlice}
     WHERE k.arn = ANY($1) ORDER BY k.arn FOR UPDATE OF k`,
    [seen.map(({ arn }) => arn)],
  )
  const before = new Map(stored.map(({ arn, at }) => [arn, at]))
  // An older listing than the stored one says nothing.
  const fresh = seen.filter(
    ({ arn, at }) =>
      before.has(arn) && (at === null || new Date(at) >= (before.get(arn) ?? new Date(0))),
  )
  const grants = grantsOf(fresh.filter(({ at }) => at !== null))
  const keys = keyRows(toKeys(fresh).map((key) => ({ ...key, before: before.get(key.arn) })))
  await shareIamOf(tx, grants, fresh)
  await upsertGrants(tx, grants)
  await markGone(tx, grants, keys)
  await tx.execute(
    sql`UPDATE "Key" k SET "problems" = ${problems},
       "grantCount" = CASE WHEN r.at IS NULL THEN k."grantCount" ELSE r.total END,
       "grantsByPeople" = CASE WHEN r.at IS NULL THEN k."grantsByPeople" ELSE r."byPeople" END,
       "grantsCrossAccount" = CASE WHEN r.at IS NULL THEN k."grantsCrossAccount"
         ELSE r."cross" END,
       "grantsAt" = coalesce(r.at, r.before),
       "readApart" = array_remove(k."readApart", 'grants')
         || CASE WHEN r.at IS NULL OR ${looked === 'alone'} THEN '{grants}'::text[]
           ELSE '{}'::text[] END
     FROM ${keys} WHERE k.arn = r.arn`,
  )
}

function countGrants(grants: readonly GrantRow[]) {
  const cross = grants.filter(
    (grant) => grant.granteeAccountId !== null && grant.granteeAccountId !== grant.accountId,
  ).length
  return {
    total: grants.length,
    byPeople: grants.filter((grant) => grant.issuerClass === 'human').length,
    cross,
  }
}

/**
 * Locks the accounts whose IAM says whether grantees exist, all at once and before any row: a
 * reading of IAM that waits for a row of ours must not hold what a later statement of ours needs.
 */
async function shareIamOf(tx: Tx, grants: Sql, seen: readonly GrantsSeen[]): Promise<void> {
  await tx.query(
    sql`SELECT derived.share_iam_of(ARRAY(
      SELECT r."granteeAccountId" FROM ${grants} r UNION
      SELECT g."granteeAccountId" FROM "Grant" g
      WHERE g."keyArn" = ANY(${seen.map(({ arn }) => arn)}::text[])))`,
  )
}

async function upsertGrants(tx: Tx, grants: Sql): Promise<void> {
  const newest = changing.map((name) => `"${name}" = excluded."${name}"`).join(', ')
  await tx.execute(
    sql`INSERT INTO "Grant" (${raw(columns.join(', '))})
     SELECT ${raw(columns.map((column) => `r.${column}`).join(', '))}
     FROM ${grants} r ${joinStored} WHERE ${isNewGrant} ORDER BY r."keyArn", r."grantId"
     ON CONFLICT ("keyArn", "grantId")
     DO UPDATE SET "observedAt" = excluded."observedAt", "goneAt" = NULL, ${raw(newest)},
       "issuerClass" = CASE WHEN "Grant"."issuerClass" = 'claviger' THEN 'claviger'
         ELSE excluded."issuerClass" END`,
  )
}

/** Grants that a complete listing of their key does not name, seen up to the listing before. */
async function markGone(tx: Tx, grants: Sql, keys: Sql): Promise<void> {
  await tx.execute(
    sql`WITH listed AS MATERIALIZED (SELECT "keyArn", "grantId" FROM ${grants} r)
     UPDATE "Grant" g SET "goneAt" = clock_timestamp(),
       "observedAt" = greatest(g."observedAt", r.before)
     FROM ${keys} WHERE g."keyArn" = r.arn AND r.at IS NOT NULL AND g."goneAt" IS NULL
       AND NOT EXISTS (SELECT 1 FROM listed l
         WHERE l."keyArn" = g."keyArn" AND l."grantId" = g."grantId")`,
  )
}
