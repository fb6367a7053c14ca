import 'server-only'
import type { Change, Request } from '../../db/generated/client'
import { calling } from '../../change-status'
import { sql } from '../../db/client'
import type { Lease } from './lease'
import type { StoredChange } from '../kinds/open'
import type { ExecutionContext } from '../kinds/execution-context'

/**
 * Reads the change as it is stored now and the database's clock; null when the lease is no longer
 * the newest.
 */
export async function loadClaimed(
  execution: ExecutionContext,
  { changeId, attempt }: Lease,
): Promise<{ change: StoredChange; now: Date } | null> {
  const [row] = await execution.query<Change & { request: RequestJson; now: Date }>(
    sql`SELECT c.*, to_jsonb(r) AS "request", claviger_now() AS "now" FROM "Change" c
      JOIN "Request" r ON r."id" = c."requestId"
     WHERE c."id" = ${changeId} AND c."attempt" = ${attempt}
       AND c."status" = ANY(${calling}::"ChangeStatus"[])`,
  )
  if (!row) return null
  const { request, now, ...change } = row
  return { change: { ...change, request: toRequest(request) }, now }
}

type Times = 'createdAt' | 'sentAt' | 'answerBy' | 'reviewedAt'
type RequestJson = Omit<Request, Times> & Record<Times, string | null>

function toRequest(row: RequestJson): Request {
  const date = (text: string | null) => (text === null ? null : new Date(text))
  return {
    ...row,
    createdAt: new Date(row.createdAt ?? 0),
    sentAt: date(row.sentAt),
    answerBy: date(row.answerBy),
    reviewedAt: date(row.reviewedAt),
  }
}
