import 'server-only'
import { appendAudit } from '../../audit/append'
import { administratorIds } from '../../auth/actor'
import type { Actor } from '../../auth/permit'
import { kmsEndpointOf } from '../../aws/endpoint'
import { db, transaction } from '../../db/client'
import { AppError } from '../../errors'
import { log } from '../../log'
import { notify } from '../../notify/notify'
import { factsOf } from '../kinds/open'
import type { Place } from '../kinds/kind'

type Breach = { api: string; at: Date }

/**
 * Kept beside the database's row, so that this process asks no second time even where that row
 * cannot be written.
 */
const breaches = new Map<string, Breach>()

/** Returns the dry run that an endpoint carried out; null: none is known. */
export async function findBreach(endpoint: string): Promise<Breach | null> {
  return breaches.get(endpoint) ?? (await db.dryRunBreach.findUnique({ where: { endpoint } }))
}

type Performed = { actor: Actor; place: Place; changeId: string; api: string; answer: unknown }

/**
 * Raises the alarm: an answer without an error to a DryRun means that it was done, unasked and
 * unapproved. The audit log and every administrator are told, and the endpoint gets no dry run
 * again.
 * @throws AppError conflict, always: what the request would stand on is not so any more.
 */
export async function reportBreach({
  actor,
  place,
  changeId,
  api,
  answer,
}: Performed): Promise<never> {
  const endpoint = await kmsEndpointOf(place.region)
  breaches.set(endpoint, { api, at: new Date() })
  log.error(
    { endpoint, api, change: changeId, keyArn: place.keyArn },
    'a dry run was carried out: it changed AWS',
  )
  const where = `${place.keyArn ?? place.accountId}`
  await transaction(async (tx) => {
    await tx.execute(
      `INSERT INTO "DryRunBreach" ("endpoint", "api", "at") VALUES ($1, $2, claviger_now()) ON CONFLICT DO NOTHING`,
      [endpoint, api],
    )
    await notify(tx, {
      event: 'dryRun.performed',
      requestId: null,
      title: `${endpoint} carried out a dry run`,
      body:
        `${api} was done on ${where} while ${actor.name} prepared a request. Nobody approved ` +
        'it. Put it back if needed.',
      href: '/audit',
      to: await administratorIds(tx),
      needsAction: true,
    })
    await appendAudit(tx, {
      event: 'dryRun.performed',
      actor,
      accountId: place.accountId,
      keyArn: place.keyArn ?? undefined,
      data: { endpoint, api, changeId, grantId: grantIdOf(answer) },
    })
  })
  throw new AppError(
    'conflict',
    `${endpoint} carried out ${api} on ${where}, although Claviger asked for a dry run only. ` +
      'Look at what it changed and put it back. ' +
      'Nothing was requested. Administrators were told, and Claviger makes no dry run at this endpoint again.',
  )
}

const grantIdOf = (answer: unknown): string | undefined => {
  const { GrantId: id } = factsOf(answer)
  return typeof id === 'string' ? id : undefined
}
