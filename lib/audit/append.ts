import 'server-only'
import { randomUUID } from 'node:crypto'
import type { Actor } from '../auth/permissions'
import type { Queryable } from '../db/client'
import { AppError } from '../errors'
import { log } from '../log'
import { storableJson } from '../storable'
import type { AuditEventName } from './events'

/**
 * Who did it: a person, or with a null id the worker or a command run on the host
 * (`name` says which). A person is handed over whole, so that only `appendAudit`
 * chooses what the log calls them: their name. Their id stands beside it, and each
 * sign-in says which e-mail address the id had.
 */
export type AuditActor = Pick<Actor, 'id' | 'name' | 'email'> | { id: null; name: string }

type AuditEvent = {
  event: AuditEventName
  actor: AuditActor
  accountId?: string
  keyArn?: string
  requestId?: string
  /** Facts of the event. Never secrets, plaintext, data keys or grant tokens. */
  data?: Record<string, unknown>
}

/** What everybody reads whose act could not be audited: sign-in, export, decision, setting. */
export const unauditedWords =
  'The audit log could not be written, so nothing was done and nothing was handed out.'

class UnauditedError extends AppError {}

/** Was it refused because the audit log could not be written? */
export const isUnaudited = (error: unknown): error is AppError => error instanceof UnauditedError

/**
 * Appends to the audit log inside the caller's transaction: either both the change and its entry
 * are there, or neither. It locks the chain's head until that transaction ends, so call it last.
 * @throws AppError in words for the screen when it cannot; let it fail the transaction. Its cause
 *   is what the database said.
 */
export async function appendAudit(
  tx: Queryable,
  { event, actor, accountId, keyArn, requestId, data }: AuditEvent,
): Promise<number> {
  const entry = {
    event,
    actorId: actor.id,
    actor: actor.name,
    accountId,
    keyArn,
    requestId,
    data: data ?? {},
  }
  try {
    const [row] = await tx.query<{ seq: number }>('SELECT audit_append($1::jsonb) AS seq', [
      storableJson(entry),
    ])
    if (!row) throw new Error('the audit log gave no number')
    return row.seq
  } catch (cause) {
    const ref = randomUUID()
    log.error({ ref, event, err: cause }, 'the audit log could not be written')
    throw new UnauditedError(
      'unexpected',
      `${unauditedWords} Whoever runs this console finds the reason in its log under the reference ${ref}.`,
      { ref },
      { cause },
    )
  }
}
