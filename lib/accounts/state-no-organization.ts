import 'server-only'
import { z } from 'zod'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { transaction } from '../db/client'
import { AppError } from '../errors'
import { changeAccount } from './change'

const accountId = z.string().regex(/^\d{12}$/, 'must be 12 digits')
export const noOrganizationInput = z.strictObject({
  ids: z.array(accountId).min(1, 'Choose at least one account').max(500),
})

/**
 * Records a person's word that accounts are in no organization, where AWS cannot be asked. It
 * stands for these accounts alone, until it is taken back or one of them is found in an
 * organization. @throws AppError conflict where AWS or an organization that was read says otherwise
 */
export async function stateNoOrganization(
  permit: Permit<'accounts.manage'>,
  { ids }: z.output<typeof noOrganizationInput>,
): Promise<{ stated: number }> {
  const wanted = [...new Set(ids)].sort()
  const { actor } = permit
  await transaction(async (tx) => {
    const changed = await tx.query<{ id: string }>(
      `UPDATE "Account" a
       SET "noOrganizationStatedAt" = clock_timestamp(), "noOrganizationStatedBy" = $2
       WHERE a."id" = ANY($1) AND a."removedAt" IS NULL AND a."organizationId" IS NULL
         AND a."noOrganizationAt" IS NULL AND a."noOrganizationStatedAt" IS NULL
         AND NOT EXISTS (SELECT 1 FROM "OrganizationNode" n WHERE n."id" = a."id")
         AND NOT EXISTS (SELECT 1 FROM "Organization" o WHERE o."managementAccountId" = a."id")
       RETURNING a."id"`,
      [wanted, actor.name],
    )
    const refused = wanted.filter((one) => !changed.some((row) => row.id === one))
    if (refused.length > 0) {
      throw new AppError('conflict', `The organization of ${refused.join(', ')} is known already.`)
    }
    for (const one of wanted) {
      await appendAudit(tx, {
        event: 'account.noOrganizationStated',
        actor,
        accountId: one,
      })
    }
  })
  return { stated: wanted.length }
}

/** Takes the statement back: whether an organization applies is unknown again. */
export async function retractNoOrganization(
  permit: Permit<'accounts.manage'>,
  id: string,
): Promise<void> {
  await changeAccount(
    permit,
    id,
    'account.noOrganizationRetracted',
    `"noOrganizationStatedAt" = NULL, "noOrganizationStatedBy" = NULL`,
    `"noOrganizationStatedAt" IS NOT NULL`,
    'Nobody has stated that about this account.',
  )
}
