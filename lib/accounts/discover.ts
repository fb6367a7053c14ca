import 'server-only'
import { readFile } from 'node:fs/promises'
import { DescribeOrganizationCommand, ListAccountsCommand, type Account as ListedAccount } from '@aws-sdk/client-organizations'
import { callAws } from '@/lib/aws/call'
import { openOrganizations } from '@/lib/aws/clients'
import { AwsProblem } from '@/lib/aws/errors'
import { sql } from '@/lib/db/client'
import { env } from '@/lib/env'
import { homeRegion } from '@/lib/aws/regions'
import { listTokenPages } from '@/lib/aws/pages'
import { parseAccountsFile } from './accounts-file'
import { readOwnIdentity, type Identity } from './identity'

export type Discovery = { source: 'file' | 'organization' | 'self'; found: number; problem: string | null }

/**
 * Brings the list of accounts up to date: from CLAVIGER_ACCOUNTS_FILE when it is set, else from the organization, else the one
 * account the console runs in. Accounts added on the page stay as they are. Throws when the file is wrong or there is no identity.
 */
export async function discoverAccounts(): Promise<Discovery> {
  const file = env().CLAVIGER_ACCOUNTS_FILE
  if (file) return discoverFromFile(file)
  const identity = await readOwnIdentity(homeRegion('aws'))
  try {
    const listed = await listOrganizationAccounts(identity)
    await writeOrganizationAccounts(identity, listed)
    await noteOrganization(identity)
    return { source: 'organization', found: listed.length, problem: null }
  } catch (error) {
    if (!(error instanceof AwsProblem)) throw error
    // Throttled or unreachable is no answer: an organization that was there stays as it is.
    if (!['denied', 'unsupported', 'notFound', 'validation'].includes(error.kind)) throw error
    await writeOwnAccount(identity)
    return { source: 'self', found: 1, problem: `${error.code}: ${error.message}` }
  }
}

async function discoverFromFile(file: string): Promise<Discovery> {
  const accounts = parseAccountsFile(await readFile(file, 'utf8').catch((error: unknown) => { throw new Error(`CLAVIGER_ACCOUNTS_FILE cannot be read: ${error instanceof Error ? error.message : String(error)}`) }), file)
  const rows = accounts.map(({ regions, ...account }) => ({ ...account, onlyRegions: regions, partition: account.readRoleArn?.split(':')[1] ?? 'aws' }))
  await sql.execute(
    `INSERT INTO "Account" ("id", "name", "partition", "source", "readRoleArn", "writeRoleArn", "onlyRegions")
     SELECT r."id", r."name", r."partition", 'file', r."readRoleArn", r."writeRoleArn", r."onlyRegions" FROM jsonb_populate_recordset(null::"Account", $1::jsonb) r
     ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name", "partition" = excluded."partition", "source" = 'file', "readRoleArn" = excluded."readRoleArn",
       "writeRoleArn" = excluded."writeRoleArn", "onlyRegions" = excluded."onlyRegions", "removedAt" = NULL`, [JSON.stringify(rows)])
  await sql.execute(`UPDATE "Account" SET "removedAt" = now() WHERE "source" = 'file' AND "removedAt" IS NULL AND NOT "id" = ANY($1)`, [accounts.map((account) => account.id)])
  return { source: 'file', found: accounts.length, problem: null }
}

async function listOrganizationAccounts(identity: Identity): Promise<ListedAccount[]> {
  const region = homeRegion(identity.partition)
  const client = openOrganizations({ roleArn: null, region, externalId: '' })
  const all: ListedAccount[] = []
  const pages = listTokenPages(
    (NextToken) => callAws({ accountId: identity.accountId, region, deadlineMs: 120_000 }, 'organizations:ListAccounts', () => client.send(new ListAccountsCommand({ MaxResults: 20, NextToken }))),
    (page) => page.NextToken)
  for await (const page of pages) all.push(...(page.Accounts ?? []))
  return all
}

/** Which account manages the organization: the one through which its policies are read. */
async function noteOrganization(identity: Identity): Promise<void> {
  const region = homeRegion(identity.partition)
  const client = openOrganizations({ roleArn: null, region, externalId: '' })
  const { Organization: organization } = await callAws(
    { accountId: identity.accountId, region, deadlineMs: 60_000 }, 'organizations:DescribeOrganization', () => client.send(new DescribeOrganizationCommand({})))
  if (!organization?.Id || !organization.MasterAccountId) return
  await sql.execute(
    `INSERT INTO "Organization" ("id", "managementAccountId", "observedAt") VALUES ($1, $2, clock_timestamp())
     ON CONFLICT ("id") DO UPDATE SET "managementAccountId" = excluded."managementAccountId"`, [organization.Id, organization.MasterAccountId])
}

/** A person's own choices (paused, removed, an added account's roles) are not overwritten; an account that left the organization is not swept. */
async function writeOrganizationAccounts(identity: Identity, listed: readonly ListedAccount[]): Promise<void> {
  const role = (id: string, name: string) => `arn:${identity.partition}:iam::${id}:role/${name}`
  const rows = listed.flatMap(({ Id, Name, Email, State, Status }) => (Id ? [{
    id: Id, name: Name ?? Id, email: Email ?? null, partition: identity.partition, state: State ?? Status ?? null,
    readRoleArn: role(Id, env().CLAVIGER_READ_ROLE_NAME), writeRoleArn: role(Id, env().CLAVIGER_WRITE_ROLE_NAME),
  }] : []))
  await sql.execute(
    `INSERT INTO "Account" ("id", "name", "email", "partition", "source", "state", "path", "readRoleArn", "writeRoleArn", "onlyRegions")
     SELECT r."id", r."name", r."email", r."partition", 'organization', r."state", '{}', r."readRoleArn", r."writeRoleArn", '{}' FROM jsonb_populate_recordset(null::"Account", $1::jsonb) r
     ON CONFLICT ("id") DO UPDATE SET "email" = excluded."email", "state" = excluded."state",
       "source" = CASE WHEN "Account"."source" = 'page' THEN "Account"."source" ELSE 'organization' END,
       "name" = CASE WHEN "Account"."source" = 'page' THEN "Account"."name" ELSE excluded."name" END,
       "readRoleArn" = CASE WHEN "Account"."source" = 'page' THEN "Account"."readRoleArn" ELSE excluded."readRoleArn" END,
       "writeRoleArn" = CASE WHEN "Account"."source" = 'page' THEN "Account"."writeRoleArn" ELSE excluded."writeRoleArn" END`, [JSON.stringify(rows)])
  await sql.execute(`UPDATE "Account" SET "state" = 'LEFT' WHERE "source" = 'organization' AND NOT "id" = ANY($1)`, [rows.map((row) => row.id)])
}

async function writeOwnAccount({ accountId, partition }: Identity): Promise<void> {
  await sql.execute(
    `INSERT INTO "Account" ("id", "name", "partition", "source", "path", "onlyRegions") VALUES ($1, $2, $3, 'self', '{}', '{}') ON CONFLICT ("id") DO NOTHING`,
    [accountId, `Account ${accountId}`, partition])
}
