import 'server-only'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { db, sql, transaction } from '../db/client'
import { inScope, withinAccounts } from '../db/scope'
import { AppError } from '../errors'
import type { SweepKind } from '../accounts/sweeps'
import { askedPriority, queueKeyReads } from './queue-key-reads'
import { queueSweeps, sweptRegion, type Wanted } from '../sweep/queue'

/**
 * Has the worker read this one key again, all parts of it.
 * @throws AppError not_found outside the person's scope.
 */
export async function refreshKey(
  permit: Permit<'keys.refresh'>,
  arn: string,
): Promise<{ queued: number }> {
  const key = await db.key.findFirst({
    where: { AND: [{ arn }, inScope(permit.scope)] },
    select: { arn: true },
  })
  if (!key) throw new AppError('not_found', 'There is no such key in the accounts you may refresh.')
  const reads = [{ keyArn: arn, reason: 'a person asked' }]
  const queued = await queueKeyReads(sql, reads, permit.actor.id)
  return { queued }
}

/**
 * Has the worker read one account again, or every account of the person's scope: keys, grants,
 * rotations, IAM and Regions.
 */
export async function refreshAccounts(
  permit: Permit<'accounts.refresh'>,
  accountId: string | null,
): Promise<{ queued: number }> {
  const regions = await sql.query<{ accountId: string; region: string }>(
    sql`SELECT a."id" AS "accountId", g."region" FROM "Account" a
      LEFT JOIN "AccountRegion" g ON g."accountId" = a."id" AND ${sweptRegion}
     WHERE a."removedAt" IS NULL AND a."pausedAt" IS NULL
       AND ${withinAccounts('a."id"', permit.scope)}
       AND (${accountId}::text IS NULL OR a."id" = ${accountId})`,
  )
  if (regions.length === 0)
    throw new AppError(
      'not_found',
      accountId === null
        ? 'There is no connected account you may refresh.'
        : 'There is no such connected account, or it is paused.',
    )
  const asked = { askedById: permit.actor.id, priority: askedPriority }
  const accounts = [...new Set(regions.map((row) => row.accountId))]
  const wanted: Wanted<SweepKind>[] = [
    ...accounts.flatMap((id) =>
      (['regions', 'iam'] as const).map((kind) => ({ accountId: id, region: '', kind, ...asked })),
    ),
    ...regions
      .filter((row) => row.region !== null)
      .flatMap((row) =>
        (['core', 'grants', 'rotations'] as const).map((kind) => ({ ...row, kind, ...asked })),
      ),
  ]
  // First: what cannot be audited is not queued.
  await transaction((tx) =>
    appendAudit(tx, {
      event: 'accounts.refreshed',
      actor: permit.actor,
      accountId: accountId ?? undefined,
      data: { accounts: accounts.length, sweeps: wanted.length },
    }),
  )
  return { queued: await queueSweeps(wanted) }
}
