import 'server-only'
import { permissions } from '../../auth/permissions'
import type { Queryable } from '../../db/client'
import { rolesThatCount, type Asking } from './deciders'
import { nameRoles } from './rule'
import { findTies, tieWords } from './linked-identities'

type Facts = {
  disabled: boolean
  roles: string[]
  decided: boolean
  awayFor: string[]
  rightsUsed: string[]
  gains: boolean
  namedFor: string[]
  namedByOthersFor: string[]
}

const factsSql = `
  WITH asker AS MATERIALIZED (SELECT same_people($2::uuid) AS "id"),
  me AS MATERIALIZED (SELECT same_people($1::uuid) AS "id"),
  standing AS MATERIALIZED (
    SELECT away."name", s."awayId", s."createdById" FROM "Delegate" s
    JOIN "Person" away ON away."id" = s."awayId"
    WHERE s."delegateId" = $1::uuid AND s."endedAt" IS NULL AND s."startsAt" <= claviger_now()
      AND s."endsAt" > claviger_now())
  SELECT q."n", p."disabledAt" IS NOT NULL AS "disabled",
    ARRAY(SELECT DISTINCT a."role"::text FROM "Assignment" a
    WHERE a."personId" = p."id" AND a."role"::text = ANY($4::text[])
      AND CASE WHEN q."accountId" IS NULL THEN a."accountId" IS NULL AND a."role" = 'admin'
        ELSE a."accountId" IS NULL OR a."accountId" = q."accountId" END) AS "roles",
    EXISTS (SELECT 1 FROM "Approval" a WHERE a."changeId" = q."changeId"
      AND a."personId" IN (SELECT "id" FROM me)) AS "decided",
    ARRAY(SELECT s."name" FROM standing s
      WHERE s."awayId" IN (SELECT "id" FROM asker)) AS "awayFor",
    ARRAY(SELECT coalesce(a."forPersonName", a."personName") || ' (decision of ' || a."personName"
      || ')' FROM "Approval" a WHERE a."changeId" = q."changeId"
      AND coalesce(a."forPersonId", a."personId") IN (SELECT "id" FROM me)) AS "rightsUsed",
    p."id" IN (SELECT change_gainers(q."changeId")) AS "gains",
    ARRAY(SELECT s."name" FROM standing s WHERE s."createdById" <> s."awayId"
      AND s."createdById" IN (SELECT "id" FROM asker)) AS "namedFor",
    ARRAY(SELECT s."name" FROM standing s
      WHERE s."createdById" <> s."awayId") AS "namedByOthersFor"
  FROM "Person" p, jsonb_to_recordset($3::jsonb)
    AS q("n" integer, "accountId" text, "changeId" uuid)
  WHERE p."id" = $1::uuid`

/** Says to this person why they cannot decide about a change (findDecider gave null). */
export async function explainRefusal(
  q: Queryable,
  { personId, requesterId, ...asked }: Asking & { personId: string },
): Promise<string> {
  const [why = noAccess] = await explainRefusals(q, { personId, requesterId }, [asked])
  return why
}

const noAccess = 'Your access is turned off.'
type About = Pick<Asking, 'accountId' | 'rule' | 'changeId'>

/** As `explainRefusal`, for several changes of one requester. */
export async function explainRefusals(
  q: Queryable,
  { personId, requesterId }: { personId: string; requesterId: string },
  asked: readonly About[],
): Promise<string[]> {
  if (asked.length === 0) return []
  if (personId === requesterId)
    return asked.map(() => 'This is your own request. Someone else decides about it.')
  const ties = await findTies(q, personId, requesterId)
  if (ties.length > 0)
    return asked.map(
      () =>
        `You and the requester are held for one person: ${tieWords(ties)}. Nobody ` +
        'decides about their own request. If this is wrong, ask an administrator ' +
        '(Settings, Same person).',
    )
  const questions = asked.map(({ accountId, changeId }, n) => ({
    n,
    accountId,
    changeId: changeId ?? null,
  }))
  const rows = await q.query<Facts & { n: number }>(factsSql, [
    personId,
    requesterId,
    JSON.stringify(questions),
    permissions['requests.decide'].roles,
  ])
  const factsOf = new Map(rows.map((row) => [row.n, row]))
  return asked.map((about, n) => {
    const facts = factsOf.get(n)
    return !facts || facts.disabled ? noAccess : (sayUsed(facts) ?? sayRoles(facts, about))
  })
}

/** Their say in this very change is spent, or about themselves. */
function sayUsed(facts: Facts): string | null {
  if (facts.gains) return 'You would get this role. Someone else decides about it.'
  if (facts.decided) return 'You have decided about this already.'
  if (facts.rightsUsed.length > 0)
    return `Your say was used already: ${facts.rightsUsed.join(', ')}, as your delegate. It counts once.`
  return null
}

function sayRoles(facts: Facts, { accountId, rule }: Pick<Asking, 'accountId' | 'rule'>): string {
  const where = accountId === null ? 'for every account' : `in account ${accountId}`
  const counting: readonly string[] = rolesThatCount(rule)
  if (facts.roles.length > 0 && !facts.roles.some((role) => counting.includes(role))) {
    return (
      `The approval rules (${rule.names.join(', ')}) want a decision by ` +
      `${nameRoles(rolesThatCount(rule))}, which you are not ${where}.`
    )
  }
  const asDelegate = sayAsDelegate(facts, where)
  if (asDelegate) return asDelegate
  return accountId === null
    ? 'This is a change of the installation: administrators of every account decide about it.'
    : `You hold no role that decides ${where}. It takes ${nameRoles(rolesThatCount(rule))}; ` +
        'an administrator can give it to you.'
}

/** Whose delegate they are, where that does not count here. */
function sayAsDelegate(facts: Facts, where: string): string | null {
  if (facts.awayFor.length > 0)
    return (
      `You are the delegate of ${facts.awayFor.join(', ')}, who asked for this: nobody’s own rights ` +
      'decide about their request.'
    )
  if (facts.namedFor.length > 0)
    return (
      `Whoever asks for this named you as the delegate of ${facts.namedFor.join(', ')}: that ` +
      'does not count for their own requests.'
    )
  if (facts.namedByOthersFor.length > 0 && facts.roles.length === 0) {
    return (
      `Somebody else named you as the delegate of ${facts.namedByOthersFor.join(', ')}, and ` +
      `you hold no role of your own that decides ${where}. Ask ` +
      `${facts.namedByOthersFor.join(', ')} to name you.`
    )
  }
  return null
}
