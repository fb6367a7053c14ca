import 'server-only'
import { appendAudit } from '../audit/append'
import type { AuditEventName } from '../audit/events'
import type { Permit } from '../auth/permit'
import { sql, transaction, type Tx } from '../db/client'
import { AppError } from '../errors'
import { presentGrantReadAt, standApart } from '../sweep/last-read'

/**
 * One change of an account's standing with its audit entry. Sweeps that wait are dropped
 * with a pause or removal; one under way ends by itself. `set` and `condition` are SQL of
 * the calling verb, never of a person.
 * @throws AppError not_found, conflict
 */
export async function changeAccount(
  permit: Permit<'accounts.manage'>,
  id: string,
  event: AuditEventName & `account.${string}`,
  set: string,
  condition: string,
  refusal: string,
): Promise<void> {
  await transaction(async (tx) => {
    const changed = await tx.execute(
      `UPDATE "Account" SET ${set} WHERE "id" = $1 AND ${condition}`,
      [id],
    )
    if (changed === 0) {
      const there = await tx.query(`SELECT 1 FROM "Account" WHERE "id" = $1`, [id])
      throw there.length > 0
        ? new AppError('conflict', refusal)
        : new AppError('not_found', 'There is no such account.')
    }
    if (event === 'account.paused' || event === 'account.removed') {
      await tx.execute(
        `UPDATE "Sweep" SET "status" = 'failed', "problem" = $2, "endedAt" = now()
          WHERE "accountId" = $1 AND "status" = 'queued'`,
        [id, event],
      )
    }
    if (event === 'account.removed') await takeOut(tx, id)
    await appendAudit(tx, { event, actor: permit.actor, accountId: id })
  })
}

/**
 * Takes what is known of an account out of every table and every answer; a later sweep after a resume
 * brings back what AWS still lists. When it was read last is kept with it, since no sweep will move
 * that. Keys come before grants, and IAM before grants, as sweeps lock them.
 */
async function takeOut(tx: Tx, accountId: string): Promise<void> {
  await standApart(tx, sql`k."accountId" = ${accountId}`)
  for (const table of ['Key', 'KeyStore', 'IamEntity'])
    await tx.execute(
      `UPDATE "${table}" SET "goneAt" = now() WHERE "accountId" = $1 AND "goneAt" IS NULL`,
      [accountId],
    )
  await tx.execute(
    `UPDATE "Grant" g SET "observedAt" = ${presentGrantReadAt}, "goneAt" = now()
     WHERE g."accountId" = $1 AND g."goneAt" IS NULL`,
    [accountId],
  )
}
