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
 * Returns what the owner tags of keys say, by ARN: a group or an e-mail; null when the tag is not
 * there or the key's tags were never read.
 */
export async function findOwners(
  q: Queryable,
  keyArns: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  if (keyArns.length === 0) return new Map()
  const keys = await q.query<{ arn: string; tags: Record<string, string> | null; tag: unknown }>(
    `SELECT k."arn", k."tags",
        (SELECT s."value" FROM "Setting" s WHERE s."name" = 'ownerTag') AS "tag"
      FROM "Key" k WHERE k."arn" = ANY($1::text[])`,
    [[...new Set(keyArns)]],
  )
  const tagOf = (tag: unknown) => (typeof tag === 'string' && tag !== '' ? tag : standardOwnerTag)
  return new Map(keys.map(({ arn, tags, tag }) => [arn, tags ? ownerOf(tags, tagOf(tag)) : null]))
}

/** Returns the owner of one key, as `findOwners`; null for no key. */
export async function findOwner(q: Queryable, keyArn: string | null): Promise<string | null> {
  return keyArn === null ? null : ((await findOwners(q, [keyArn])).get(keyArn) ?? null)
}

/** Returns the keys whose owners a rule asks for: that of the change, or those it names. */
export const ownedKeysOf = (
  { ownerOf }: Pick<EffectiveRule, 'ownerOf'>,
  keyArn: string | null,
): readonly (string | null)[] => ownerOf ?? [keyArn]

/** Returns the one owner of all these keys; null also when they have different ones. Pure. */
export function commonOwner(
  keyArns: readonly (string | null)[],
  owners: ReadonlyMap<string, string | null>,
): string | null {
  const all = new Set(keyArns.map((arn) => (arn === null ? null : (owners.get(arn) ?? null))))
  const [owner = null] = all
  return all.size === 1 ? owner : null
}

/** Returns the owner that a rule asks for; null also when its keys have different owners. */
export async function findRuleOwner(
  q: Queryable,
  rule: Pick<EffectiveRule, 'ownerOf'>,
  keyArn: string | null,
): Promise<string | null> {
  const keys = ownedKeysOf(rule, keyArn)
  return commonOwner(
    keys,
    await findOwners(
      q,
      keys.flatMap((arn) => arn ?? []),
    ),
  )
}

export type Decider = {
  personId: string
  name: string
  email: string
  /** The roles that count here: those of `delegateOf` when set. */
  roles: Role[]
  /** Owns the key, by group or verified e-mail: themselves, or the one whose delegate they are. */
  isOwner: boolean
  delegateOf: { id: string; name: string } | null
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

/** Does a person (p) own the key that is asked about (q), by group or verified e-mail? */
const owns = sql`coalesce(q."owner" = ANY(p."groups")
  OR (p."emailVerified" AND lower(p."email") = lower(q."owner")), false)`

/** One human being over all identities; a scan of all people each, so only where it matters. */
const human = (id: Sql) =>
  sql`CASE WHEN q."isTold" THEN (SELECT min(s::text) FROM same_people(${id}) s)
    ELSE ${id}::text END`

/** Does an assignment (a) reach the account that is asked about (q), or the installation? */
const reaches = sql`CASE WHEN q."accountId" IS NULL
  THEN a."accountId" IS NULL AND a."role" = 'admin'
  ELSE a."accountId" IS NULL OR a."accountId" = q."accountId" END`

/** Questions as the statement takes them: `n` is the place of each. */
const toQuestion = ({ requesterId, accountId, rule, owner, changeId }: Asking, n: number) => ({
  n,
  requesterId,
  accountId,
  owner,
  roles: rolesThatCount(rule),
  changeId: changeId ?? null,
  isTold: rule.approvals > 1 || changeId !== undefined,
})

function waysFor(askings: readonly Asking[]): Sql {
  const deciding = permissions['requests.decide'].roles
  return sql`
  SELECT q."n", w.* FROM jsonb_to_recordset(${JSON.stringify(askings.map(toQuestion))}::jsonb)
    AS q("n" integer, "requesterId" uuid, "accountId" text, "owner" text, "roles" text[],
      "changeId" uuid, "isTold" boolean),
  LATERAL (WITH own AS (SELECT same_people(q."requesterId") AS "id"),
  gainer AS (SELECT change_gainers(q."changeId") AS "id"),
  decided AS (SELECT s."id" FROM "Approval" a, LATERAL same_people(a."personId") s("id")
    WHERE a."changeId" = q."changeId"),
  used AS (SELECT s."id"
  FROM "Approval" a, LATERAL same_people(coalesce(a."forPersonId", a."personId")) s("id")
  WHERE a."changeId" = q."changeId"),
  holder AS (
    SELECT p."id", p."name", array_agg(DISTINCT a."role"::text) AS "roles",
      ${owns} AS "isOwner"
    FROM "Person" p JOIN "Assignment" a ON a."personId" = p."id"
    WHERE p."disabledAt" IS NULL AND a."role"::text = ANY(q."roles")
      AND ${reaches}
      AND p."id" NOT IN (SELECT "id" FROM own
        UNION ALL SELECT "id" FROM used UNION ALL SELECT "id" FROM gainer)
    GROUP BY p."id"),
  way AS (
    SELECT h."id" AS "by", h."id" AS "of" FROM holder h
    UNION SELECT s."delegateId", s."awayId" FROM "Delegate" s
    WHERE s."endedAt" IS NULL AND s."startsAt" <= claviger_now() AND s."endsAt" > claviger_now()
      AND (s."createdById" = s."awayId" OR s."createdById" NOT IN (SELECT "id" FROM own)
        AND EXISTS (SELECT 1 FROM "Assignment" a
          WHERE a."personId" = s."delegateId" AND a."role"::text = ANY(${deciding}::text[])
            AND ${reaches})))
  SELECT p."id" AS "personId", p."name", p."email", h."roles",
    h."isOwner" OR ${owns} AS "isOwner", h."id" AS "ofId", h."name" AS "ofName",
    ${human(sql`p."id"`)} AS "person", ${human(sql`h."id"`)} AS "rights"
  FROM way w JOIN "Person" p ON p."id" = w."by" JOIN holder h ON h."id" = w."of"
  WHERE p."disabledAt" IS NULL AND p."id" NOT IN (SELECT "id" FROM own UNION ALL SELECT "id"
  FROM decided UNION ALL SELECT "id" FROM gainer)) w
  ORDER BY q."n", lower(w."name"), w."personId", (w."ofId" = w."personId") DESC,
    lower(w."ofName"), w."ofId"`
}

/** Returns who can decide with whose rights, of each of these questions, in one statement. */
export async function listWays(q: Queryable, askings: readonly Asking[]): Promise<Way[][]> {
  if (askings.length === 0) return []
  const rows = await q.query<Omit<Way, 'of'> & { n: number; ofId: string; ofName: string }>(
    waysFor(askings),
  )
  const ways: Way[][] = askings.map(() => [])
  for (const { n, ofId, ofName, ...way } of rows)
    ways[n]?.push({ ...way, of: { id: ofId, name: ofName } })
  return ways
}

const toDecider = ({ of, ...way }: Way): Decider => ({
  ...way,
  delegateOf: of.id === way.personId ? null : of,
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
  const [ways = []] = await listWays(q, [asking])
  return decidersOf(asking.rule, ways)
}

/** As `listDeciders`, out of the ways there are. Pure. */
export function decidersOf(rule: EffectiveRule, ways: readonly Way[]): Decider[] {
  const paired = pairUpFor(rule, ways)
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
  const [ways = []] = await listWays(q, [asking])
  return deciderOf(asking.rule, ways, asking.personId)
}

/** As `findDecider`, out of the ways there are. Pure. */
export function deciderOf(
  rule: EffectiveRule,
  ways: readonly Way[],
  personId: string,
): Decider | null {
  const [theirs, others] = [
    ways.filter((way) => way.personId === personId),
    ways.filter((way) => way.personId !== personId),
  ]
  const first = rule.ownerMust
    ? [...theirs.filter(({ isOwner }) => isOwner), ...theirs.filter(({ isOwner }) => !isOwner)]
    : theirs
  const way = pairUp([...first, ...others]).find((one) => one.personId === personId) ?? theirs[0]
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
