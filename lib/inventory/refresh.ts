import 'server-only'
import type { Permit } from '../auth/permit'
import { db } from '../db/client'
import { AppError } from '../errors'
import { inScope } from './read'
import { queueSweeps } from './sync/queue'

/** Before what the schedule asks for: someone waits. */
const askedPriority = 10

/** Has the worker read this one key again, all parts of it. @throws AppError not_found outside the person's scope. */
export async function refreshKey(permit: Permit<'keys.refresh'>, arn: string): Promise<{ queued: number }> {
  const key = await db.key.findFirst({ where: { AND: [{ arn }, inScope(permit.scope)] }, select: { accountId: true, region: true } })
  if (!key) throw new AppError('not_found', 'There is no such key in the accounts you may refresh.')
  const kinds = ['core', 'grants', 'rotations', 'lastUsage'] as const
  const queued = await queueSweeps(kinds.map((kind) => ({ ...key, kind, keyArn: arn, askedById: permit.actor.id, priority: askedPriority })))
  return { queued }
}
