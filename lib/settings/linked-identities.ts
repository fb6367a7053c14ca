import 'server-only'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { sql, transaction, type Tx } from '../db/client'
import { env } from '../env'
import { AppError } from '../errors'

export type Identity = {
  id: string
  name: string
  email: string
  issuer: string
  disabled: boolean
}
/**
 * Why identities are held for one person. A link can be taken away here, the others
 * only where they come from.
 */
export type Ground =
  | { by: 'email' | 'claim'; words: string }
  | {
      by: 'link'
      linkId: string
      words: string
      reason: string
      createdBy: string
      at: string
      names: [string, string]
    }
export type LinkedIdentities = { identities: Identity[]; grounds: Ground[] }

type Row = Identity & { emailVerified: boolean; personClaim: string | null; root: string }
type LinkRow = { id: string; aId: string; bId: string; reason: string; createdBy: string; at: Date }

/** Everyone whom we hold for one person under several identities, with all that says so. */
export async function listLinkedIdentities(
  _permit: Permit<'people.read'>,
): Promise<LinkedIdentities[]> {
  const [rows, links] = await Promise.all([
    sql.query<Row>(
      `WITH tied AS (
         SELECT unnest(ids) AS "id" FROM (
           SELECT array_agg("id") AS ids FROM "Person" WHERE "emailVerified" GROUP BY lower("email")
           UNION ALL SELECT array_agg("id") FROM "Person" WHERE "personClaim" IS NOT NULL
             GROUP BY "personClaim") alike WHERE cardinality(ids) > 1
         UNION SELECT "aId" FROM "PersonLink" UNION SELECT "bId" FROM "PersonLink")
       SELECT p."id", p."name", p."email", p."issuer", p."disabledAt" IS NOT NULL AS "disabled",
         p."emailVerified", p."personClaim",
         (SELECT min(s::text) FROM same_people(p."id") s) AS "root"
       FROM tied JOIN "Person" p ON p."id" = tied."id" ORDER BY lower(p."name"), p."issuer", p."id"`,
    ),
    sql.query<LinkRow>(
      `SELECT l."id", l."aId", l."bId", l."reason",
        coalesce(p."name", 'someone no longer known here') AS "createdBy", l."createdAt" AS "at"
       FROM "PersonLink" l LEFT JOIN "Person" p ON p."id" = l."createdById" ORDER BY l."createdAt"`,
    ),
  ])
  return groupBy(rows, ({ root }) => root)
    .filter((members) => members.length > 1)
    .map((members) => ({
      identities: members.map(({ id, name, email, issuer, disabled }) => ({
        id,
        name,
        email,
        issuer,
        disabled,
      })),
      grounds: [...shared(members), ...linked(members, links)],
    }))
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | null): T[][] {
  const groups = new Map<string | null, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return [...groups.values()]
}

function shared(members: readonly Row[]): Ground[] {
  const names = (group: readonly Row[]) =>
    group
      .map(({ name, issuer }) => `${name} at ${issuer.replace(/^https?:\/\//, '')}`)
      .join(' and ')
  const emails = groupBy(
    members.filter(({ emailVerified }) => emailVerified),
    ({ email }) => email.toLowerCase(),
  )
  const claims = groupBy(
    members.filter(({ personClaim }) => personClaim !== null),
    ({ personClaim }) => personClaim,
  )
  return [
    ...emails
      .filter((group) => group.length > 1)
      .map(
        (group): Ground => ({
          by: 'email',
          words: `The verified e-mail ${group[0]?.email ?? ''} is that of ${names(group)}.`,
        }),
      ),
    ...claims
      .filter((group) => group.length > 1)
      .map(
        (group): Ground => ({
          by: 'claim',
          words:
            'The identity provider gives the same ' +
            `${env().OIDC_PERSON_CLAIM ?? 'person claim'} to ${names(group)}.`,
        }),
      ),
  ]
}

function linked(members: readonly Row[], links: readonly LinkRow[]): Ground[] {
  const nameOf = new Map(members.map(({ id, name }) => [id, name]))
  return links
    .filter(({ aId, bId }) => nameOf.has(aId) && nameOf.has(bId))
    .map(({ id, aId, bId, reason, createdBy, at }): Ground => {
      const names: [string, string] = [nameOf.get(aId) ?? '', nameOf.get(bId) ?? '']
      return {
        by: 'link',
        linkId: id,
        words: `${createdBy} linked ${names[0]} and ${names[1]}: ${reason}`,
        reason,
        createdBy,
        at: at.toISOString(),
        names,
      }
    })
}

/** Identities to choose from, for those who administer people. */
export async function listIdentities(_permit: Permit<'people.read'>): Promise<Identity[]> {
  return sql.query<Identity>(
    `SELECT "id", "name", "email", "issuer", "disabledAt" IS NOT NULL AS "disabled" FROM "Person"
      ORDER BY lower("name"), "issuer", "id" LIMIT 5000`,
  )
}

async function emailsOf(tx: Tx, ids: readonly [string, string]): Promise<[string, string]> {
  const people = await tx.person.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, email: true },
  })
  const [a, b] = ids.map((id) => people.find((person) => person.id === id)?.email)
  if (a === undefined || b === undefined)
    throw new AppError('not_found', 'This person is not known here.')
  return [a, b]
}

/**
 * Says that two identities are one person: neither decides about what the other asks for. It lets
 * nobody sign in as another.
 */
export async function addIdentityLink(
  { actor }: Permit<'people.manage'>,
  { aId, bId, reason }: { aId: string; bId: string; reason: string },
): Promise<void> {
  if (aId === bId)
    throw new AppError('invalid', 'Choose two different identities.', {
      fields: { bId: ['Choose two different identities.'] },
    })
  const ids = aId < bId ? ([aId, bId] as const) : ([bId, aId] as const)
  await transaction(async (tx) => {
    const people = await emailsOf(tx, ids)
    const added = await tx.execute(
      'INSERT INTO "PersonLink" ("id", "aId", "bId", "reason", "createdById") VALUES ' +
        '(gen_random_uuid(), $1::uuid, $2::uuid, $3, $4::uuid) ON CONFLICT DO NOTHING',
      [...ids, reason, actor.id],
    )
    if (added === 0) throw new AppError('conflict', 'These two are linked already.')
    await appendAudit(tx, { event: 'people.linked', actor, data: { people, ids, reason } })
  })
}

/**
 * @throws AppError conflict for a link of one's own identities: it is what keeps one from
 *   deciding about one's own requests.
 */
export async function removeIdentityLink(
  { actor }: Permit<'people.manage'>,
  { linkId }: { linkId: string },
): Promise<void> {
  await transaction(async (tx) => {
    const [link] = await tx.query<{ aId: string; bId: string; reason: string; own: boolean }>(
      'SELECT "aId", "bId", "reason", "aId" IN (SELECT same_people($2::uuid)) AS "own" FROM ' +
        '"PersonLink" WHERE "id" = $1::uuid FOR UPDATE',
      [linkId, actor.id],
    )
    if (!link) throw new AppError('not_found', 'This link was removed already.')
    if (link.own)
      throw new AppError(
        'conflict',
        'This link is about you. Another administrator has to remove it.',
      )
    const people = await emailsOf(tx, [link.aId, link.bId])
    await tx.personLink.delete({ where: { id: linkId } })
    await appendAudit(tx, {
      event: 'people.unlinked',
      actor,
      data: { people, ids: [link.aId, link.bId], reason: link.reason },
    })
  })
}
