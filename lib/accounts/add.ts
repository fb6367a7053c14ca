import 'server-only'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { transaction } from '../db/client'
import { AppError } from '../errors'
import { accountInput, type AccountInput } from './accounts-file'
import { partitionOfArn } from '../kms/arn'

/** What the page sends; a role of another account than the one registered is refused here. */
export const addAccountInput = accountInput

/**
 * Connects an account, or changes the name, roles and Regions of one that
 * was connected on the page.
 * @throws AppError conflict
 */
export async function addAccount(
  permit: Permit<'accounts.manage'>,
  input: AccountInput,
): Promise<{ id: string }> {
  await transaction(async (tx) => {
    const partition = partitionOfArn(input.readRoleArn)
    const changed = await tx.execute(
      `INSERT INTO "Account" ("id", "name", "partition", "source", "path", "readRoleArn",
        "writeRoleArn", "onlyRegions") VALUES ($1, $2, $3, 'page', '{}', $4, $5, $6)
       ON CONFLICT ("id")
       DO UPDATE SET "name" = excluded."name", "partition" = excluded."partition",
         "source" = 'page', "readRoleArn" = excluded."readRoleArn",
         "writeRoleArn" = excluded."writeRoleArn", "onlyRegions" = excluded."onlyRegions", "removedAt" = NULL
       WHERE "Account"."source" <> 'file'`,
      [input.id, input.name, partition, input.readRoleArn, input.writeRoleArn, input.regions],
    )
    if (changed === 0)
      throw new AppError(
        'conflict',
        `Account ${input.id} comes from CLAVIGER_ACCOUNTS_FILE; change it there.`,
      )
    await appendAudit(tx, {
      event: 'account.added',
      actor: permit.actor,
      accountId: input.id,
      data: {
        name: input.name,
        readRoleArn: input.readRoleArn,
        writeRoleArn: input.writeRoleArn,
        regions: input.regions,
      },
    })
  })
  return { id: input.id }
}
