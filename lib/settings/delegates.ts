import 'server-only'
import { appendAudit } from '../audit/append'
import { administratorIds } from '../auth/actor'
import type { Actor, Permit } from '../auth/permit'
import { permissions, scopeOf, type Role } from '../auth/permissions'
import { readClock } from '../db/clock'
import { sql, transaction, type Tx } from '../db/client'
import { withinAccounts } from '../db/scope'
import { AppError } from '../errors'
import { notify } from '../notify/notify'
import { longestDelegationDays } from './delegate-words'

export type DelegateRow = {
  id: string
  away: { id: string; name: string }
  delegate: { id: string; name: string }
  startsAt: string
  endsAt: string
  endedAt: string | null
  reason: string
  createdBy: string
  state: 'coming' | 'now' | 'over'
  /**
   * What the one who is away can decide, and so their delegate: roles with their account, null for
   * every account.
   */
  rights: { role: Role; accountId: string | null }[]
  /** Why it has no effect although it is its time; null: it has. */
  idle: string | null
  mayEnd: boolean
}
export type Candidate = { id: string; name: string; email: string; rights: DelegateRow['rights'] }

const deciding: readonly Role[] = permissions['requests.decide'].roles
const managesPeople = ({ assigned }: { assigned: Parameters<typeof scopeOf>[0] }) =>
  scopeOf(assigned, 'people.manage') !== null
const seesAll = ({ assigned }: { assigned: Parameters<typeof scopeOf>[0] }) =>
  scopeOf(assigned, 'people.read') !== null

/** What an assignment (a) lets decide about, and the condition that it lets. */
const rightOf = sql`jsonb_build_object('role', a."role", 'accountId', a."accountId")`
const isDeciding = sql`a."role"::text = ANY(${deciding}::text[])`

type Stored = Omit<
  DelegateRow,
  'away' | 'delegate' | 'startsAt' | 'endsAt' | 'endedAt' | 'idle' | 'mayEnd'
> & {
  awayId: string
  awayName: string
  delegateId: string
  delegateName: string
  startsAt: Date
  endsAt: Date
  endedAt: Date | null
  awayLeft: boolean
  delegateLeft: boolean
  powerless: boolean
  same: boolean
}

/**
 * One's own, on either side; all of them for who may see people. Those that are
 * over, of the last 90 days.
 */
export async function listDelegates({ actor }: Permit<'requests.read'>): Promise<DelegateRow[]> {
  const rows = await sql.query<Stored>(
    sql`SELECT s."id", s."awayId", away."name" AS "awayName", s."delegateId",
      other."name" AS "delegateName", s."startsAt", s."endsAt", s."endedAt", s."reason",
       coalesce(creator."name", 'someone no longer known here') AS "createdBy",
       CASE WHEN s."endedAt" IS NOT NULL OR s."endsAt" <= claviger_now() THEN 'over'
         WHEN s."startsAt" > claviger_now() THEN 'coming' ELSE 'now' END AS "state",
       away."disabledAt" IS NOT NULL AS "awayLeft", other."disabledAt" IS NOT NULL AS "delegateLeft",
       s."createdById" <> s."awayId" AND NOT EXISTS (SELECT 1 FROM "Assignment" a
       WHERE a."personId" = s."delegateId" AND a."role"::text = ANY(${deciding}::text[])) AS "powerless",
       s."delegateId" IN (SELECT same_people(s."awayId")) AS "same",
       coalesce((SELECT jsonb_agg(DISTINCT ${rightOf}) FROM "Assignment" a
         WHERE a."personId" = s."awayId" AND ${isDeciding}), '[]') AS "rights"
     FROM "Delegate" s JOIN "Person" away ON away."id" = s."awayId"
     JOIN "Person" other ON other."id" = s."delegateId"
     LEFT JOIN "Person" creator ON creator."id" = s."createdById"
     WHERE (${seesAll(actor)} OR ${actor.id}::uuid IN (s."awayId", s."delegateId"))
       AND coalesce(s."endedAt", s."endsAt") > claviger_now() - interval '90 days'
     ORDER BY s."endsAt" DESC, s."id" LIMIT 1000`,
  )
  return rows.map(
    ({
      awayId,
      awayName,
      delegateId,
      delegateName,
      awayLeft,
      delegateLeft,
      powerless,
      same,
      ...row
    }) => ({
      ...row,
      away: { id: awayId, name: awayName },
      delegate: { id: delegateId, name: delegateName },
      startsAt: row.startsAt.toISOString(),
      endsAt: row.endsAt.toISOString(),
      endedAt: row.endedAt?.toISOString() ?? null,
      idle: awayLeft
        ? `${awayName} has no access any more`
        : delegateLeft
          ? `${delegateName} has no access any more`
          : same
            ? 'the two are held for one person'
            : powerless
              ? `${delegateName} holds no role that decides, and ${awayName} did not name them`
              : row.rights.length === 0
                ? `${awayName} can no longer decide about anything`
                : null,
      mayEnd:
        row.state !== 'over' &&
        (awayId === actor.id || delegateId === actor.id || managesPeople(actor)),
    }),
  )
}

/**
 * Returns everyone here, to choose from; with what they can decide where the person can name a
 * delegate for them.
 */
export async function listCandidates({ actor }: Permit<'requests.read'>): Promise<Candidate[]> {
  // who names nobody needs no list of people
  if (scopeOf(actor.assigned, 'requests.decide') === null) return []
  return sql.query<Candidate>(
    sql`SELECT p."id", p."name", p."email", coalesce(held."rights", '[]') AS "rights"
     FROM "Person" p LEFT JOIN (
       SELECT a."personId", jsonb_agg(DISTINCT ${rightOf}) AS "rights" FROM "Assignment" a
       WHERE ${isDeciding} AND (${managesPeople(actor)} OR a."personId" = ${actor.id}::uuid)
       GROUP BY a."personId") held ON held."personId" = p."id"
     WHERE p."disabledAt" IS NULL ORDER BY lower(p."name"), p."id" LIMIT 5000`,
  )
}

/** Names of the accounts the person may see. */
export async function listDelegateScopes({
  scope,
}: Permit<'requests.read'>): Promise<{ id: string; name: string }[]> {
  return sql.query(sql`SELECT "id", "name" FROM "Account" WHERE ${withinAccounts('"id"', scope)}`)
}

export type NewDelegate = {
  awayId: string
  delegateId: string
  startsAt: string
  endsAt: string
  reason: string
}
const fieldError = (field: keyof NewDelegate, words: string) =>
  new AppError('invalid', words, { fields: { [field]: [words] } })

/**
 * Lets someone decide with the rights of someone who is away, for a while. For oneself, or by who
 * manages people for anybody: then the delegate must be able to decide there already, and the one
 * who is away and every administrator are told.
 * @throws AppError invalid when it is no one else, has no rights to lend, or is no period; conflict
 *   when the same stands already.
 */
export async function addDelegate(
  { actor }: Permit<'requests.decide'>,
  asked: NewDelegate,
): Promise<void> {
  if (asked.awayId !== actor.id && !managesPeople(actor))
    throw new AppError(
      'forbidden',
      'You name a delegate for yourself. For others an administrator does.',
      { permission: 'people.manage' },
    )
  await transaction(async (tx) => {
    const people = await checkPeople(tx, asked)
    if (asked.awayId !== actor.id) await requireOwnRole(tx, asked)
    await checkPeriod(tx, asked)
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('claviger.delegates'))`)
    const [same] = await tx.query(
      'SELECT 1 FROM "Delegate" WHERE "awayId" = $1::uuid AND "delegateId" = $2::uuid AND ' +
        '"endedAt" IS NULL AND "startsAt" < $4::timestamptz AND "endsAt" > $3::timestamptz',
      [asked.awayId, asked.delegateId, asked.startsAt, asked.endsAt],
    )
    if (same)
      throw new AppError(
        'conflict',
        `${people.delegate} is the delegate of ${people.away} already in that time.`,
      )
    await tx.delegate.create({
      data: {
        ...asked,
        startsAt: new Date(asked.startsAt),
        endsAt: new Date(asked.endsAt),
        createdById: actor.id,
      },
    })
    await appendAudit(tx, { event: 'delegate.named', actor, data: { ...asked, ...people } })
    if (asked.awayId !== actor.id) await tellOfDelegate(tx, actor, asked, people)
  })
}

/**
 * Refuses a delegate who decides about less than the one who is away and did not name them: else
 * one administrator alone could hand out the right to decide, which takes a request. Changes of the
 * installation are decided by administrators of all of it.
 */
async function requireOwnRole(tx: Tx, { awayId, delegateId }: NewDelegate): Promise<void> {
  const [beyond] = await tx.query(
    `SELECT 1 FROM "Assignment" a WHERE a."personId" = $1::uuid AND a."role"::text = ANY($3::text[])
       AND NOT EXISTS (SELECT 1 FROM "Assignment" o WHERE o."personId" = $2::uuid AND o."role"::text = ANY($3::text[])
         AND (o."accountId" IS NULL OR o."accountId" = a."accountId")
         AND (a."role" <> 'admin' OR a."accountId" IS NOT NULL OR o."role" = 'admin'))
     LIMIT 1`,
    [awayId, delegateId, deciding],
  )
  if (!beyond) return
  throw fieldError(
    'delegateId',
    'Choose somebody whose own roles decide in the same accounts, for an administrator another administrator. ' +
      'Only who is away can name anybody else.',
  )
}

/**
 * Whoever named it knows; who is away might not, and every administrator is to see that it
 * was done for somebody else.
 */
async function tellOfDelegate(
  tx: Tx,
  actor: Actor,
  { awayId }: NewDelegate,
  people: { away: string; delegate: string },
): Promise<void> {
  const to = [awayId, ...(await administratorIds(tx))].filter((id) => id !== actor.id)
  await notify(tx, {
    event: 'standIn.named',
    requestId: null,
    title: `${people.delegate} is the delegate of ${people.away}`,
    body: `Named by ${actor.email}. If nobody expected this, end it under Settings, Delegates.`,
    href: '/settings/delegates',
    to: [...new Set(to)],
    needsAction: false,
  })
}

async function checkPeople(
  tx: Tx,
  { awayId, delegateId }: NewDelegate,
): Promise<{ away: string; delegate: string }> {
  const people = await tx.query<{
    id: string
    email: string
    left: boolean
    same: boolean
    decides: boolean
  }>(
    `SELECT p."id", p."email", p."disabledAt" IS NOT NULL AS "left", p."id" IN (SELECT same_people($1::uuid)) AS "same",
       EXISTS (SELECT 1 FROM "Assignment" a
       WHERE a."personId" = p."id" AND a."role"::text = ANY($3::text[])) AS "decides"
     FROM "Person" p WHERE p."id" IN ($1::uuid, $2::uuid)`,
    [awayId, delegateId, deciding],
  )
  const [away, delegate] = [awayId, delegateId].map((id) =>
    people.find((person) => person.id === id),
  )
  if (!away || away.left) throw fieldError('awayId', 'This person has no access here.')
  if (!away.decides)
    throw fieldError(
      'awayId',
      'This person decides about nothing, so there is nothing for a delegate to decide.',
    )
  if (!delegate || delegate.left) throw fieldError('delegateId', 'This person has no access here.')
  if (delegate.same)
    throw fieldError('delegateId', 'It must be someone else: these are identities of one person.')
  return { away: away.email, delegate: delegate.email }
}

async function checkPeriod(tx: Tx, { startsAt, endsAt }: NewDelegate): Promise<void> {
  const [from, until] = [Date.parse(startsAt), Date.parse(endsAt)]
  const now = await readClock(tx)
  if (until <= from) throw fieldError('endsAt', 'It must end after it begins.')
  if (until <= now.getTime()) throw fieldError('endsAt', 'That is over already.')
  if (until - from > longestDelegationDays * 86_400_000)
    throw fieldError('endsAt', `At most ${longestDelegationDays} days; name them again after that.`)
}

/** Either of the two ends it, or who manages people. */
export async function endDelegate(
  { actor }: Permit<'requests.read'>,
  { id }: { id: string },
): Promise<void> {
  await transaction(async (tx) => {
    const [ended] = await tx.query<{ awayId: string; delegateId: string }>(
      `UPDATE "Delegate" SET "endedAt" = claviger_now() WHERE "id" = $1::uuid AND "endedAt" IS NULL
        AND "endsAt" > claviger_now() AND ($3 OR $2::uuid IN ("awayId", "delegateId"))
       RETURNING "awayId", "delegateId"`,
      [id, actor.id, managesPeople(actor)],
    )
    if (!ended) throw new AppError('not_found', 'This is over already, or is none of yours.')
    await appendAudit(tx, { event: 'delegate.ended', actor, data: ended })
  })
}
