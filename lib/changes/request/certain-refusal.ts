import 'server-only'
import { z } from 'zod'
import type { Permit } from '../../auth/permit'
import { db } from '../../db/client'
import { AppError } from '../../errors'
import { makeRolePredictor } from './predict-role'
import { sayMoment } from '../kinds/shared/moment'
import { openChange, type StoredChange } from '../kinds/open'
import { parsePreflight, type RolePrediction } from '../kinds/preflight'

/** Changes looked at side by side, while a person waits. */
const width = 6

/**
 * Refuses to send a draft that AWS will certainly refuse, as its policies are now: nobody is asked
 * to decide about what cannot be done. What is not certain, for a condition or a policy that we
 * have not read, can be sent. Reads AWS, so it is no part of a transaction.
 * @throws AppError conflict with the words of the policies.
 */
export async function refuseCertainRefusal(
  permit: Permit<'requests.create'>,
  requestId: string,
): Promise<void> {
  const changes = await db.change.findMany({
    where: { requestId, status: 'draft', request: { requesterId: permit.actor.id } },
    include: { request: true },
    orderBy: { position: 'asc' },
  })
  const predictRole = makeRolePredictor(permit)
  for (let at = 0; at < changes.length; at += width) {
    const batch = changes.slice(at, at + width)
    const predictions = await Promise.all(batch.map((change) => predictStored(predictRole, change)))
    batch.forEach(({ title }, index) => requireNotRefused(title, predictions[index] ?? null))
  }
}

function requireNotRefused(title: string, prediction: RolePrediction | null): void {
  if (prediction?.doing?.result !== 'refused') return
  const {
    doing: { lines },
    readAt,
  } = prediction
  const asOf =
    readAt === null
      ? ''
      : ` IAM and the organization’s policies were read by ${sayMoment(readAt)}; refresh the ` +
        'account if they have changed.'
  throw new AppError(
    'conflict',
    `${title}: AWS will refuse this, so nobody is asked. ${lines.join(' ')}${asOf}`,
  )
}

async function predictStored(
  predictRole: ReturnType<typeof makeRolePredictor>,
  change: StoredChange,
): Promise<RolePrediction | null> {
  const { dryRun } = parsePreflight(change.preflight)
  const { plan, account } = await openStored(change)
  if (plan?.where !== 'aws' || !account) return null
  const isAnswered = dryRun !== null && dryRun.would !== 'unknown'
  return predictRole({
    plan,
    account,
    changeId: change.id,
    requesterId: change.request.requesterId,
    hasEnd: false,
    isAnswered,
  })
}

/** Opens a stored change; one that cannot be opened any more fails in words when it is done. */
async function openStored(change: StoredChange) {
  try {
    return await openChange(change)
  } catch (error) {
    if (error instanceof AppError || error instanceof z.ZodError)
      return { plan: null, account: null }
    throw error
  }
}
