import 'server-only'
import { permissions, roles as allRoles, type Role } from '../../auth/permissions'
import { sql, type Queryable, type Sql } from '../../db/client'
import { AppError } from '../../errors'
import { ownerOf } from '../../inventory/sync/owner'
import { standardOwnerTag } from '../../settings/owner-tag'
import { pairUp, pairUpFor, type Way } from './match'
import { defaultRules, type ApprovalRules, type EffectiveRule } from './rule'
import { approvalRulesSchema } from './schema'

export const rulesSetting = 'approvalRules'

/**
 * Reads the rules in force; version 0 and the defaults until somebody sets them.
 * @throws AppError unexpected when what is stored is no set of rules.
 */
export async function readRules(
  q: Queryable = sql,
): Promise<{ version: number; rules: ApprovalRules }> {
  const [row] = await q.query<{ version: number; value: unknown }>(
    'SELECT "version", "value" FROM "Setting" WHERE "name" = $1',
    [rulesSetting],
  )
  if (!row) return { version: 0, rules: defaultRules }
  const rules = approvalRulesSchema.safeParse(row.value)
  if (!rules.success)
    throw new AppError(
      'unexpected',
      'The approval rules in the database cannot be read, so nothing can be sent or decided.',
      {},
      { cause: rules.error },
    )
  return { version: row.version, rules: rules.data }
}

/**
 * Returns what the owner tag of a key says: a group or an e-mail; null when the tag is not there or
 * the key's tags were never read.
 */
export async function findOwner(q: Queryable, keyArn: string | null): Promise<string | null> {
  if (keyArn === null) return null
  const [key] = await q.query<{ tags: Record<string, string> | null; tag: unknown }>(
    `SELECT k."tags", (SELECT s."value" FROM "Setting" s WHERE s."name" = 'ownerTag') AS "tag"
      FROM "Key" k WHERE k."arn" = $1`,
    [keyArn],
  )
  return key?.tags
    ? ownerOf(key.tags, typeof key.tag === 'string' && key.tag !== '' ? key.tag : standardOwnerTag)
    : null
}

/**
 * Returns the owner that a rule asks for: of the key of the change, or of the keys that the rule
 * names; null also when those have different owners.
 */
export async function findRuleOwner(
  q: Queryable,
  { ownerOf }: Pick<EffectiveRule, 'ownerOf'>,
  keyArn: string | null,
): Promise<string | null> {
  const owners = new Set<string | null>()
  for (const arn of ownerOf ?? [keyArn]) owners.add(await findOwner(q, arn))
  const [owner = null] = owners
  return owners.size === 1 ? owner : null
}

export type Decider = {
  personId: string
  name: string
  email: string
  /** The roles that count here: those of `standingInFor` when set. */
  roles: Role[]
  /** Owns the key, by group or verified e-mail: themselves, or the one whose delegate they are. */
  isOwner: boolean
  standingInFor: { id: string; name: string } | null
  /**
   * The same for every identity of one human being (told apart only where a rule
   * wants more than one approval).
   */
  person: string
  /** The person whose right is used, likewise: it counts once, whoever uses it. */
  rights: string
}

export type Asking = {
  requesterId: string
  /** Null: a change of this installation, decided by administrators of all of it. */
  accountId: string | null
  rule: EffectiveRule
  owner: string | null
  /**
   * Leaves out who decided on this change already, whose rights were used, and
   * who would get a role by it.
   */
  changeId?: string
}

/** Returns the roles that can decide under a rule. */
export function rolesThatCount(rule: Pick<EffectiveRule, 'roles'>): Role[] {
  const deciding: readonly Role[] = permissions['requests.decide'].roles
  return (rule.roles ?? allRoles).filter((role) => deciding.includes(role))
}

/** Does a person (p) own the key, by group or verified e-mail? */
const owns = (owner: string | null) =>
  owner === null
    ? sql`false`
    : sql`(${owner} = ANY(p."groups")
      OR (p."emailVerified" AND lower(p."email") = lower(${owner})))`

/** One human being over all identities; a scan of all people each, so only where it matters. */
const human = (id: Sql, matters: boolean) =>
  matters ? sql`(SELECT min(s::text) FROM same_people(${id}) s)` : sql`${id}::text`

/** Does an assignment (a) reach the account of a change, or the installation? */
const reachesPlace = (accountId: string | null) =>
  accountId === null
    ? sql`(a."accountId" IS NULL AND a."role" = 'admin')`
    : sql`(a."accountId" IS NULL OR a."accountId" = ${accountId})`

function waysFor({ requesterId, accountId, rule, owner, ...asking }: Asking): Sql {
  const changeId = asking.changeId ?? null
  const reaches = reachesPlace(accountId)
  const isTold = rule.approvals > 1 || changeId !== null
  const deciding = permissions['requests.decide'].roles
  return sql`
  WITH own AS (SELECT same_people(${requesterId}::uuid) AS "id"),
  gainer AS (SELECT change_gainers(${changeId}::uuid) AS "id"),
  decided AS (SELECT s."id" FROM "Approval" a, LATERAL same_people(a."personId") s("id")
    WHERE a."changeId" = ${changeId}::uuid),
  used AS (SELECT s."id"
  FROM "Approval" a, LATERAL same_people(coalesce(a."forPersonId", a."personId")) s("id")
  WHERE a."changeId" = ${changeId}::uuid),
  holder AS (
    SELECT p."id", p."name", array_agg(DISTINCT a."role"::text) AS "roles",
      ${owns(owner)} AS "isOwner"
    FROM "Person" p JOIN "Assignment" a ON a."personId" = p."id"
    WHERE p."disabledAt" IS NULL AND a."role"::text = ANY(${rolesThatCount(rule)}::text[])
      AND ${reaches}
      AND p."id" NOT IN (SELECT "id" FROM own
        UNION ALL SELECT "id" FROM used UNION ALL SELECT "id" FROM gainer)
    GROUP BY p."id"),
  way AS (
    SELECT h."id" AS "by", h."id" AS "of" FROM holder h
    UNION SELECT s."standInId", s."awayId" FROM "StandIn" s
    WHERE s."endedAt" IS NULL AND s."startsAt" <= claviger_now() AND s."endsAt" > claviger_now()
      AND (s."createdById" = s."awayId" OR s."createdById" NOT IN (SELECT "id" FROM own)
        AND EXISTS (SELECT 1 FROM "Assignment" a
          WHERE a."personId" = s."standInId" AND a."role"::text = ANY(${deciding}::text[])
            AND ${reaches})))
  SELECT p."id" AS "personId", p."name", p."email", h."roles",
    h."isOwner" OR ${owns(owner)} AS "isOwner", h."id" AS "ofId", h."name" AS "ofName",
    ${human(sql`p."id"`, isTold)} AS "person", ${human(sql`h."id"`, isTold)} AS "rights"
  FROM way w JOIN "Person" p ON p."id" = w."by" JOIN holder h ON h."id" = w."of"
  WHERE p."disabledAt" IS NULL AND p."id" NOT IN (SELECT "id" FROM own UNION ALL SELECT "id"
  FROM decided UNION ALL SELECT "id" FROM gainer)
  ORDER BY lower(p."name"), p."id", (h."id" = p."id") DESC, lower(h."name"), h."id"`
}

async function listWays(q: Queryable, asking: Asking): Promise<Way[]> {
  const rows = await q.query<Omit<Way, 'of'> & { ofId: string; ofName: string }>(waysFor(asking))
  return rows.map(({ ofId, ofName, ...way }) => ({ ...way, of: { id: ofId, name: ofName } }))
}

const toDecider = ({ of, ...way }: Way): Decider => ({
  ...way,
  standingInFor: of.id === way.personId ? null : of,
})

/**
 * Returns who can decide about a change: everyone who has access, holds requests.decide for its
 * account with a role of the rule, or is the delegate now of someone who does; never the requester
 * or the same person under another identity, and never with such a one's rights. Nor somebody who
 * would get a role by it, nor a delegate whom the requester named for somebody else. A delegate
 * whom anybody else named for another needs a role of their own that decides there: else one
 * administrator alone could hand out the right to decide.
 */
export async function listDeciders(q: Queryable, asking: Asking): Promise<Decider[]> {
  const ways = await listWays(q, asking)
  const paired = pairUpFor(asking.rule, ways)
  const people = new Set(ways.map(({ personId }) => personId))
  return [...people]
    .flatMap(
      (id) =>
        paired.find((way) => way.personId === id) ?? ways.find((way) => way.personId === id) ?? [],
    )
    .map(toDecider)
}

/**
 * Returns one person's way to decide about a change, chosen so that the others keep theirs; null
 * when there is none (explainRefusal says why).
 */
export async function findDecider(
  q: Queryable,
  asking: Asking & { personId: string },
): Promise<Decider | null> {
  const ways = await listWays(q, asking)
  const [theirs, others] = [
    ways.filter((way) => way.personId === asking.personId),
    ways.filter((way) => way.personId !== asking.personId),
  ]
  const first = asking.rule.ownerMust
    ? [...theirs.filter(({ isOwner }) => isOwner), ...theirs.filter(({ isOwner }) => !isOwner)]
    : theirs
  const way =
    pairUp([...first, ...others]).find(({ personId }) => personId === asking.personId) ?? theirs[0]
  return way ? toDecider(way) : null
}

/**
 * Returns which of these people were deactivated: what they approved counts no longer while the
 * change still waits for others.
 */
export async function findDeactivated(
  q: Queryable,
  personIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (personIds.length === 0) return new Set()
  const rows = await q.query<{ id: string }>(
    'SELECT "id" FROM "Person" WHERE "id" = ANY($1::uuid[]) AND "disabledAt" IS NOT NULL',
    [personIds],
  )
  return new Set(rows.map(({ id }) => id))
}
