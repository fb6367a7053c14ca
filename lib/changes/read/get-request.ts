import 'server-only'
import { scopeOf } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { db, sql } from '../../db/client'
import type { Change, Request } from '../../db/generated/client'
import { AppError } from '../../errors'
import { accountNames } from '../../inventory/read'
import { findTemplate } from '../request/templates'
import { readRules } from '../rules/deciders'
import { isChangeVisible, isVisible, reaches, reachesAll } from '../scope/visible'
import { toDetail, type Around } from './change-detail'
import { readKeyLabels } from './key-labels'
import { readRequestAudit } from './request-audit'
import type { ChangeDetail, RequestDetail } from './shapes'

type Permitted = Permit<'requests.read'>

/**
 * Reads everything about one request, for one page.
 * @throws AppError not_found for what the person cannot see.
 */
export async function getRequest(permit: Permitted, id: string): Promise<RequestDetail> {
  const [seen] = await sql.query<{ now: Date }>(
    sql`SELECT claviger_now() AS now FROM "Request" r
    WHERE r."id" = ${id}::uuid AND ${isVisible(permit)}`,
  )
  if (!seen) throw new AppError('not_found', 'There is no such request among those you may see.')
  const found = await db.request.findUniqueOrThrow({
    where: { id },
    include: {
      changes: { orderBy: { position: 'asc' }, include: { approvals: { orderBy: { at: 'asc' } } } },
      comments: { orderBy: { at: 'asc' } },
    },
  })
  const { changes: loaded, comments, ...request } = found
  const inScope = loaded.filter(
    (change) => request.requesterId === permit.actor.id || reaches(permit.scope, change),
  )
  const [names, labels, { rules }, audit, family, same] = await Promise.all([
    accountNames(inScope.flatMap(({ accountId }) => accountId ?? [])),
    readKeyLabels(inScope),
    readRules(),
    readRequestAudit(id, inScope.length === loaded.length ? null : inScope),
    readFamily(permit, request),
    isSamePerson(permit, request.requesterId),
  ])
  const around: Around = { names, labels, rules, audit, now: seen.now, deciding: new Map() }
  const changes: ChangeDetail[] = []
  for (const change of inScope) changes.push(await toDetail(permit, request, change, around))
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
    canReview: !same && isToReview(permit, request, loaded),
    canBreakGlass: canBreakGlass(permit, request, loaded),
    ...family,
    rulesVersion: request.rulesVersion,
    createdAt: request.createdAt.toISOString(),
    sentAt: iso(request.sentAt),
    answerBy: iso(request.answerBy),
    changes,
    elsewhere: loaded.length - inScope.length,
    comments: comments.map(({ personName, text, at }) => ({
      personName,
      text,
      at: at.toISOString(),
    })),
    audit,
    now: seen.now.toISOString(),
  }
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
