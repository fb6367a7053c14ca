import 'server-only'
import type { Queryable } from '../db/client'

export type AuditEvent = {
  /** noun.pastTense, such as `person.signedIn`. */
  event: `${string}.${string}`
  /** Null: the worker, or a command run on the host; `name` says which. */
  actor: { id: string | null; name: string }
  accountId?: string
  keyArn?: string
  requestId?: string
  /** Facts of the event. Never secrets, plaintext, data keys or grant tokens. */
  data?: Record<string, unknown>
}

/**
 * Appends to the audit log inside the caller's transaction: either both the change and its entry are there, or neither. It
 * locks the chain's head until that transaction ends, so call it last. A failure to append must fail the change.
 */
export async function appendAudit(tx: Queryable, { event, actor, accountId, keyArn, requestId, data }: AuditEvent): Promise<number> {
  const entry = { event, actorId: actor.id, actor: actor.name, accountId, keyArn, requestId, data: data ?? {} }
  const [row] = await tx.query<{ seq: number }>('SELECT audit_append($1::jsonb) AS seq', [JSON.stringify(entry)])
  if (!row) throw new Error('the audit log gave no number')
  return row.seq
}
