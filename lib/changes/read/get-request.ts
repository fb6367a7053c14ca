import 'server-only'
import { scopeOf } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { db, sql } from '../../db/client'
import type { Change, Request, RequestComment } from '../../db/generated/client'
import { AppError } from '../../errors'
import { accountNames } from '../../inventory/read'
import { isSameForm } from '../request/same-form'
import { findTemplate } from '../request/templates'
import { readRules } from '../rules/deciders'
import { isChangeVisible, isVisible, reaches, reachesAll } from '../scope/visible'
import { see, toDetail, toRow, type Seen } from './change-detail'
import { findFacts, type Loaded } from './facts-of-changes'
import { readKeyLabels } from './key-labels'
import { readRequestAudit } from './request-audit'
import {
  fewChanges,
  type AskedGroup,
  type AuditLine,
  type ChangeDetail,
  type RequestDetail,
} from './shapes'

type Permitted = Permit<'requests.read'>

type FoundRequest = {
  request: Request
  /** Those that the reader may see. */
  changes: Loaded[]
  all: readonly Loaded[]
  comments: RequestComment[]
  now: Date
}

/** @throws AppError not_found for what the person cannot see. */
async function findRequest(permit: Permitted, id: string): Promise<FoundRequest> {
  const [seen] = await sql.query<{ now: Date }>(
    sql`SELECT claviger_now() AS now FROM "Request" r
    WHERE r."id" = ${id}::uuid AND ${isVisible(permit)}`,
  )
  if (!seen) throw new AppError('not_found', 'There is no such request among those you may see.')
  const { changes, comments, ...request } = await db.request.findUniqueOrThrow({
    where: { id },
    include: {
      changes: { orderBy: { position: 'asc' }, include: { approvals: { orderBy: { at: 'asc' } } } },
      comments: { orderBy: { at: 'asc' } },
    },
  })
  const inScope = changes.filter(
    (change) => request.requesterId === permit.actor.id || reaches(permit.scope, change),
  )
  return { request, changes: inScope, all: changes, comments, now: seen.now }
}

/** What these changes of a request need besides themselves. */
async function lookAround(permit: Permitted, { request, now }: FoundRequest, of: Loaded[]) {
  const [names, labels, { rules }] = await Promise.all([
    accountNames(of.flatMap(({ accountId }) => accountId ?? [])),
    readKeyLabels(of),
    readRules(),
  ])
  const found = await findFacts(permit, request, of, { labels, rules })
  const around = { request, names, labels, now }
  return of.flatMap((change) => {
    const facts = found.get(change.id)
    if (!facts) return []
    const seen = see(permit, change, facts)
    return [{ seen, row: toRow(permit, seen, around) }]
  })
}

const auditOf = ({ request, changes, all }: FoundRequest) =>
  readRequestAudit(request.id, changes.length === all.length ? null : changes)

/**
 * Reads one request for its page. Of many changes, and of their entries in the audit log, it has
 * what a row shows: `listChanges` and `listRequestAudit` have the rest.
 * @throws AppError not_found for what the person cannot see.
 */
export async function getRequest(permit: Permitted, id: string): Promise<RequestDetail> {
  const found = await findRequest(permit, id)
  const { request, changes, all, comments, now } = found
  const [read, audit, family, same] = await Promise.all([
    lookAround(permit, found, changes),
    auditOf(found),
    readFamily(permit, request),
    isSamePerson(permit, request.requesterId),
  ])
  const isFew = changes.length <= fewChanges
  return {
    id,
    number: request.number,
    title: request.title,
    requesterId: request.requesterId,
    requesterName: request.requesterName,
    mine: request.requesterId === permit.actor.id,
    justification: request.justification,
    ticket: request.ticket,
    template: request.template && (findTemplate(request.template)?.title ?? request.template),
    breakGlass: request.breakGlass,
    review: toReview(request),
    canReview: !same && isToReview(permit, request, all),
    canBreakGlass: canBreakGlass(permit, request, all),
    ...family,
    rulesVersion: request.rulesVersion,
    createdAt: request.createdAt.toISOString(),
    sentAt: iso(request.sentAt),
    answerBy: iso(request.answerBy),
    changes: read.map(({ row }) => row),
    whole: isFew ? read.map(({ row, seen }) => toDetail(row, seen, audit)) : [],
    asked: request.sentAt === null ? groupAsked(read) : [],
    isSameForm: isSameForm(changes),
    elsewhere: all.length - changes.length,
    comments: comments.map(({ personName, text, at }) => ({
      personName,
      text,
      at: at.toISOString(),
    })),
    audit: { count: audit.length, lines: isFew ? audit : null },
    now: now.toISOString(),
  }
}

/**
 * Reads changes of a request whole: one of them, or all that the person may see.
 * @throws AppError not_found for what the person cannot see.
 */
export async function listChanges(
  permit: Permitted,
  id: string,
  changeId?: string,
): Promise<ChangeDetail[]> {
  const found = await findRequest(permit, id)
  const wanted = found.changes.filter((change) => !changeId || change.id === changeId)
  if (wanted.length === 0)
    throw new AppError('not_found', 'There is no such change among those you may see.')
  // Of the audit log a change shows why its end was asked for, and nothing else.
  const [read, audit] = await Promise.all([
    lookAround(permit, found, wanted),
    wanted.some(({ endAskedAt }) => endAskedAt !== null) ? auditOf(found) : [],
  ])
  return read.map(({ row, seen }) => toDetail(row, seen, audit))
}

/**
 * Reads the audit log of a request, oldest first.
 * @throws AppError not_found for what the person cannot see.
 */
export async function listRequestAudit(permit: Permitted, id: string): Promise<AuditLine[]> {
  return auditOf(await findRequest(permit, id))
}

/** Changes in several accounts, or of several risks, may be asked of different people. */
function groupAsked(read: readonly { seen: Seen }[]): AskedGroup[] {
  const groups = new Map<string, AskedGroup>()
  for (const { change, found } of read.map(({ seen }) => seen)) {
    const { approvals } = found.expectedRule
    const people = (found.deciding?.deciders ?? []).map(({ name, delegateOf }) => ({
      name,
      delegateOf: delegateOf?.name ?? null,
    }))
    const same = JSON.stringify([people, approvals])
    const group = groups.get(same) ?? { positions: [], people, approvals }
    group.positions.push(change.position)
    groups.set(same, group)
  }
  return [...groups.values()]
}

function toReview({ reviewedAt, reviewedBy, reviewNote }: Request): RequestDetail['review'] {
  if (!reviewedAt) return null
  return { at: reviewedAt.toISOString(), by: reviewedBy ?? '', note: reviewNote ?? '' }
}

/** Whether it was sent without approval, nobody reviewed it yet, and this person's roles could. */
const isToReview = (
  { actor }: Permitted,
  { breakGlass, sentAt, reviewedAt }: Request,
  changes: readonly Change[],
): boolean =>
  breakGlass &&
  sentAt !== null &&
  reviewedAt === null &&
  reachesAll(scopeOf(actor.assigned, 'requests.decide'), changes)

function canBreakGlass(
  { actor }: Permitted,
  { requesterId, sentAt }: Request,
  changes: readonly Change[],
): boolean {
  const scope = scopeOf(actor.assigned, 'requests.breakGlass')
  return (
    requesterId === actor.id &&
    sentAt === null &&
    scope !== null &&
    reachesAll(scope, changes) &&
    changes.every(({ accountId }) => accountId !== null)
  )
}

async function readFamily(
  permit: Permitted,
  { id, continuesId }: Request,
): Promise<Pick<RequestDetail, 'continues' | 'continuedBy'>> {
  const rows = await sql.query<RequestDetail['continuedBy'][number]>(
    sql`SELECT r."id", r."number", r."title", ARRAY(
        SELECT DISTINCT c."status"::text FROM "Change" c
        WHERE c."requestId" = r."id" AND ${isChangeVisible(permit)} ORDER BY 1) AS "statuses"
      FROM "Request" r
      WHERE (r."id" = ${continuesId}::uuid
        OR r."continuesId" = ${id}::uuid AND r."sentAt" IS NOT NULL)
        AND ${isVisible(permit)} ORDER BY r."number"`,
  )
  return {
    continues: rows.find((row) => row.id === continuesId) ?? null,
    continuedBy: rows.filter((row) => row.id !== continuesId),
  }
}

async function isSamePerson({ actor }: Permitted, requesterId: string): Promise<boolean> {
  const [row] = await sql.query<{ same: boolean }>(
    'SELECT $1::uuid IN (SELECT same_people($2::uuid)) AS "same"',
    [requesterId, actor.id],
  )
  return row?.same ?? true
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null
