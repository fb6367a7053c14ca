import 'server-only'
import {
  AWSOrganizationsNotInUseException,
  DescribeOrganizationCommand,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations'
import { appendAudit } from '../audit/append'
import type { AwsProblem } from '../aws/errors'
import type { Tx } from '../db/client'

/** What AWS answers about the organization of whoever asks. `none` is as definite as a name. */
export type OrganizationAnswer = { id: string; managementAccountId: string } | 'none'

/**
 * Asks which organization the caller's account is in. An account without one gets an error of its
 * own from AWS, which is an answer and not a failure. Throws what the SDK throws for all else.
 */
export async function describeOrganization(
  client: OrganizationsClient,
): Promise<OrganizationAnswer> {
  try {
    const { Organization } = await client.send(new DescribeOrganizationCommand({}))
    if (Organization?.Id && Organization.MasterAccountId) {
      return { id: Organization.Id, managementAccountId: Organization.MasterAccountId }
    }
    throw new Error('DescribeOrganization answered without an organization')
  } catch (error) {
    if (error instanceof AWSOrganizationsNotInUseException) return 'none'
    throw error
  }
}

/**
 * AWS names the kind of policy that denied a call: only an account in an organization has these.
 */
const isDeniedByOrganization = ({ kind, message }: AwsProblem): boolean =>
  kind === 'denied' && /(service|resource) control polic/i.test(message)

/**
 * Notes the organization that accounts were found in. What was known or stated against it falls,
 * so that a policy of the organization is never hidden by an older word.
 */
export async function noteMembers(
  tx: Tx,
  organizationId: string,
  accountIds: readonly string[],
): Promise<void> {
  const dropped = await dropStatements(tx, accountIds)
  await tx.execute(
    `UPDATE "Account" SET "organizationId" = $1, "noOrganizationAt" = NULL
     WHERE "id" = ANY($2) AND "organizationId" IS DISTINCT FROM $1`,
    [organizationId, accountIds],
  )
  await auditDropped(tx, dropped, `it was found in organization ${organizationId}`)
}

/** Notes that AWS says an account is in no organization. What was read of one is over with it. */
export async function noteNoOrganization(tx: Tx, accountId: string): Promise<void> {
  await tx.execute(
    `UPDATE "Account" SET "organizationId" = NULL, "noOrganizationAt" = clock_timestamp(),
       "path" = '{}' WHERE "id" = $1`,
    [accountId],
  )
  await tx.execute(`DELETE FROM "OrganizationNode" WHERE "id" = $1`, [accountId])
  const dissolved = await tx.query<{ id: string }>(
    `DELETE FROM "Organization" WHERE "managementAccountId" = $1 RETURNING "id"`,
    [accountId],
  )
  if (dissolved.length === 0) return
  await tx.execute(`DELETE FROM "OrganizationNode"`)
  await tx.execute(`DELETE FROM "OrganizationPolicy"`)
  await noteAccountsThatLeft(
    tx,
    dissolved.map(({ id }) => id),
    [],
  )
}

/** Accounts noted in these organizations but not listed in them any more: not known where now. */
export async function noteAccountsThatLeft(
  tx: Tx,
  organizationIds: readonly string[],
  listed: readonly string[],
): Promise<void> {
  await tx.execute(
    `UPDATE "Account" SET "organizationId" = NULL
     WHERE "organizationId" = ANY($1) AND NOT "id" = ANY($2)`,
    [organizationIds, listed],
  )
}

/**
 * Takes back what AWS answered earlier when it refuses to answer now: the account might have joined
 * an organization since. A refusal by an organization's policy proves that it did.
 */
export async function noteRefusal(tx: Tx, accountId: string, problem: AwsProblem): Promise<void> {
  const dropped = isDeniedByOrganization(problem) ? await dropStatements(tx, [accountId]) : []
  await tx.execute(`UPDATE "Account" SET "noOrganizationAt" = NULL WHERE "id" = $1`, [accountId])
  await auditDropped(tx, dropped, 'a policy of an organization denied a call in it')
}

type Dropped = { id: string; statedBy: string | null }

async function dropStatements(tx: Tx, accountIds: readonly string[]): Promise<Dropped[]> {
  return tx.query<Dropped>(
    `UPDATE "Account" a SET "noOrganizationStatedAt" = NULL, "noOrganizationStatedBy" = NULL
     FROM "Account" before
     WHERE before."id" = a."id" AND a."id" = ANY($1) AND a."noOrganizationStatedAt" IS NOT NULL
     RETURNING a."id", before."noOrganizationStatedBy" AS "statedBy"`,
    [accountIds],
  )
}

/** A statement that turned out wrong leaves an entry that says so. */
async function auditDropped(tx: Tx, dropped: readonly Dropped[], because: string): Promise<void> {
  for (const { id, statedBy } of dropped) {
    await appendAudit(tx, {
      event: 'account.noOrganizationOverridden',
      actor: { id: null, name: 'worker' },
      accountId: id,
      data: { statedBy, because },
    })
  }
}
