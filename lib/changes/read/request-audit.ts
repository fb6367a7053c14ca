import 'server-only'
import type { Change } from '../../db/generated/client'
import { eventNameOf } from '../../audit/event-names'
import { sql } from '../../db/client'
import type { Facts, Json } from '../kinds/kind'
import { factsOf } from '../kinds/open'
import type { AuditLine } from './shapes'

/**
 * Reads the audit log of a request. `only`: the changes that may be seen; entries tell of no other. Null: all of the
 * request's.
 */
export async function readRequestAudit(
  requestId: string,
  only: readonly Pick<Change, 'id'>[] | null,
): Promise<AuditLine[]> {
  const rows = await sql.query<{
    seq: number
    at: Date
    event: string
    actor: string
    hash: string
    body: string
  }>(
    `SELECT "seq", "at", "event", "actor", encode("hash", 'hex') AS "hash", "body" FROM "AuditEntry"
      WHERE "requestId" = $1 ORDER BY "seq" LIMIT 1000`,
    [requestId],
  )
  const visible = only && new Set(only.map(({ id }) => id))
  return rows.flatMap(({ seq, at, event, actor, hash, body }) => {
    const all = factsOf(factsOf(JSON.parse(body)).data)
    const data = visible ? limitFacts(all, visible) : all
    const line = { seq, at: at.toISOString(), event: eventNameOf(event), actor, hash }
    return data ? [{ ...line, data }] : []
  })
}

/** Null: it is about what may not be seen. */
function limitFacts(data: Facts, visible: ReadonlySet<string>): Facts | null {
  const sees = (id: Json | undefined) => typeof id !== 'string' || visible.has(id)
  if (!sees(data.changeId)) return null
  const { changes, changeIds } = data
  return {
    ...data,
    ...(Array.isArray(changes)
      ? { changes: changes.filter((change) => sees(factsOf(change).changeId)) }
      : {}),
    ...(Array.isArray(changeIds) ? { changeIds: changeIds.filter(sees) } : {}),
  }
}
