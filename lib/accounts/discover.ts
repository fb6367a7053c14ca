import 'server-only'
import { readFile } from 'node:fs/promises'
import { ListAccountsCommand, type Account as ListedAccount } from '@aws-sdk/client-organizations'
import { callAws } from '@/lib/aws/call'
import { openOrganizations } from '@/lib/aws/clients'
import { AwsProblem } from '@/lib/aws/errors'
import { listTokenPages } from '@/lib/aws/pages'
import { homeRegion } from '@/lib/aws/regions'
import { sql, transaction, type Tx } from '@/lib/db/client'
import { env } from '@/lib/env'
import { parseAccountsFile } from './accounts-file'
import { readOwnIdentity, type Identity } from './identity'
import {
  describeOrganization,
  noteAccountsThatLeft,
  noteMembers,
  noteNoOrganization,
  noteRefusal,
  type OrganizationAnswer,
} from './organization'
import { partitionOfArn } from '../kms/arn'

export type Discovery = {
  source: 'file' | 'organization' | 'self'
  found: number
  problem: string | null
}

/**
 * Brings the list of accounts up to date: from CLAVIGER_ACCOUNTS_FILE when it is set, else from the
 * organization, else the one account the console runs in. Accounts added on the page stay as they
 * are. In each case AWS is asked which organization the console's own account is in.
 * Throws when the file is wrong or there is no identity.
 */
export async function discoverAccounts(): Promise<Discovery> {
  const file = env().CLAVIGER_ACCOUNTS_FILE
  if (file) return discoverFromFile(file)
  const identity = await readOwnIdentity(homeRegion('aws'))
  const asked = await askOrganization(identity)
  if (asked.listed) {
    await writeOrganizationAccounts(identity, asked.listed)
  } else {
    await writeOwnAccount(identity)
  }
  await noteOrganization(identity, asked)
  const { listed, problem } = asked
  return listed
    ? { source: 'organization', found: listed.length, problem }
    : { source: 'self', found: 1, problem }
}

async function discoverFromFile(file: string): Promise<Discovery> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`CLAVIGER_ACCOUNTS_FILE cannot be read: ${why}`)
  })
  const accounts = parseAccountsFile(text, file)
  const rows = accounts.map(({ regions, ...account }) => ({
    ...account,
    onlyRegions: regions,
    partition: partitionOfArn(account.readRoleArn),
  }))
  await sql.execute(
    `INSERT INTO "Account" ("id", "name", "partition", "source", "readRoleArn", "writeRoleArn",
       "onlyRegions")
     SELECT r."id", r."name", r."partition", 'file', r."readRoleArn", r."writeRoleArn",
       r."onlyRegions" FROM jsonb_populate_recordset(null::"Account", $1::jsonb) r
     ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name",
       "partition" = excluded."partition", "source" = 'file',
       "readRoleArn" = excluded."readRoleArn", "writeRoleArn" = excluded."writeRoleArn",
       "onlyRegions" = excluded."onlyRegions", "removedAt" = NULL`,
    [JSON.stringify(rows)],
  )
  await sql.execute(
    `UPDATE "Account" SET "removedAt" = now()
     WHERE "source" = 'file' AND "removedAt" IS NULL AND NOT "id" = ANY($1)`,
    [accounts.map((account) => account.id)],
  )
  const found = accounts.length
  try {
    const identity = await readOwnIdentity(homeRegion('aws'))
    const asked = await askOrganization(identity)
    await noteOrganization(identity, asked)
    return { source: 'file', found, problem: asked.problem }
  } catch (error) {
    // The file says who is read; where the organization cannot be asked, it stays unknown.
    if (!(error instanceof AwsProblem)) throw error
    return { source: 'file', found, problem: wordsOf(error) }
  }
}

/** What the console's own credentials were told. `answer` null: refused. */
type Asked = {
  answer: OrganizationAnswer | null
  refusal: AwsProblem | null
  /** Accounts of the organization; null: none, or refused. */
  listed: ListedAccount[] | null
  problem: string | null
}

const wordsOf = (problem: AwsProblem): string => `${problem.code}: ${problem.message}`

/** Throttled or unreachable is no answer and throws: what is stored of an organization stays. */
const refusals: readonly AwsProblem['kind'][] = ['denied', 'unsupported', 'notFound', 'validation']

async function orRefusal<T>(asked: Promise<T>): Promise<T | AwsProblem> {
  return asked.catch((error: unknown) => {
    if (error instanceof AwsProblem && refusals.includes(error.kind)) return error
    throw error
  })
}

async function askOrganization(identity: Identity): Promise<Asked> {
  const region = homeRegion(identity.partition)
  const client = openOrganizations({ roleArn: null, region, externalId: '' })
  const place = { accountId: identity.accountId, region, deadlineMs: 60_000 }
  const answer = await orRefusal(
    callAws(place, 'organizations:DescribeOrganization', () => describeOrganization(client)),
  )
  if (answer === 'none') return { answer, refusal: null, listed: null, problem: null }
  const listed = await orRefusal(listAccounts(identity))
  const refusal = answer instanceof AwsProblem ? answer : null
  return {
    answer: answer instanceof AwsProblem ? null : answer,
    refusal,
    listed: listed instanceof AwsProblem ? null : listed,
    problem: listed instanceof AwsProblem ? wordsOf(listed) : refusal && wordsOf(refusal),
  }
}

async function listAccounts(identity: Identity): Promise<ListedAccount[]> {
  const region = homeRegion(identity.partition)
  const client = openOrganizations({ roleArn: null, region, externalId: '' })
  const place = { accountId: identity.accountId, region, deadlineMs: 120_000 }
  const all: ListedAccount[] = []
  const pages = listTokenPages(
    (NextToken) =>
      callAws(place, 'organizations:ListAccounts', () =>
        client.send(new ListAccountsCommand({ MaxResults: 20, NextToken })),
      ),
    (page) => page.NextToken,
  )
  for await (const page of pages) all.push(...(page.Accounts ?? []))
  return all
}

/** An account's ARN names its organization: arn:aws:organizations::<account>:account/o-…/<id>. */
const organizationOf = (listed: readonly ListedAccount[] | null): string | undefined =>
  /account\/(o-[a-z0-9]+)\//.exec(listed?.[0]?.Arn ?? '')?.[1]

/**
 * Notes who is in the organization, and which account manages it: the one through which its
 * policies are read. Of accounts that are not listed nothing follows: they are asked by themselves.
 */
async function noteOrganization(identity: Identity, asked: Asked): Promise<void> {
  const { answer, refusal, listed } = asked
  const own = identity.accountId
  await transaction(async (tx) => {
    if (answer === 'none') return noteNoOrganization(tx, own)
    const id = answer?.id ?? organizationOf(listed)
    if (!id) return refusal ? noteRefusal(tx, own, refusal) : undefined
    if (answer) {
      await tx.execute(
        `INSERT INTO "Organization" ("id", "managementAccountId", "observedAt")
         VALUES ($1, $2, clock_timestamp())
         ON CONFLICT ("id") DO UPDATE SET "managementAccountId" = excluded."managementAccountId"`,
        [answer.id, answer.managementAccountId],
      )
    }
    const members = listed?.flatMap((account) => account.Id ?? []) ?? []
    if (listed) {
      await writeStates(tx, listed)
      await noteAccountsThatLeft(tx, [id], [...members, own])
    }
    const management = answer ? [answer.managementAccountId] : []
    await noteMembers(tx, id, [...members, ...management, own])
  })
}

/** For accounts of a file or of the page too: a suspended or closed one is not asked. */
async function writeStates(tx: Tx, listed: readonly ListedAccount[]): Promise<void> {
  const rows = listed.map(({ Id, Email, State, Status }) => ({
    id: Id,
    email: Email ?? null,
    state: State ?? Status ?? null,
  }))
  await tx.execute(
    `UPDATE "Account" a SET "state" = r."state", "email" = coalesce(r."email", a."email")
     FROM jsonb_populate_recordset(null::"Account", $1::jsonb) r WHERE a."id" = r."id"`,
    [JSON.stringify(rows)],
  )
  await tx.execute(
    `UPDATE "Account" SET "state" = NULL
     WHERE "source" <> 'organization' AND "state" IS NOT NULL AND NOT "id" = ANY($1)`,
    [rows.map((row) => row.id)],
  )
}

/**
 * A person's own choices (paused, removed, an added account's roles) are not overwritten; an
 * account that left the organization is not swept.
 */
async function writeOrganizationAccounts(
  identity: Identity,
  listed: readonly ListedAccount[],
): Promise<void> {
  const role = (id: string, name: string) => `arn:${identity.partition}:iam::${id}:role/${name}`
  const rows = listed.flatMap(({ Id, Name, Email, State, Status }) =>
    Id
      ? [
          {
            id: Id,
            name: Name ?? Id,
            email: Email ?? null,
            partition: identity.partition,
            state: State ?? Status ?? null,
            readRoleArn: role(Id, env().CLAVIGER_READ_ROLE_NAME),
            writeRoleArn: role(Id, env().CLAVIGER_WRITE_ROLE_NAME),
          },
        ]
      : [],
  )
  await sql.execute(
    `INSERT INTO "Account" ("id", "name", "email", "partition", "source", "state", "path",
      "readRoleArn", "writeRoleArn", "onlyRegions")
     SELECT r."id", r."name", r."email", r."partition", 'organization', r."state", '{}',
       r."readRoleArn", r."writeRoleArn", '{}'
     FROM jsonb_populate_recordset(null::"Account", $1::jsonb) r
     ON CONFLICT ("id") DO UPDATE SET
       "source" = CASE WHEN "Account"."source" = 'page' THEN "Account"."source" ELSE 'organization' END,
       "name" = CASE WHEN "Account"."source" = 'page' THEN "Account"."name" ELSE excluded."name" END,
       "readRoleArn" = CASE WHEN "Account"."source" = 'page' THEN "Account"."readRoleArn"
         ELSE excluded."readRoleArn" END,
       "writeRoleArn" = CASE WHEN "Account"."source" = 'page' THEN "Account"."writeRoleArn"
         ELSE excluded."writeRoleArn" END`,
    [JSON.stringify(rows)],
  )
  await sql.execute(
    `UPDATE "Account" SET "state" = 'LEFT' WHERE "source" = 'organization' AND NOT "id" = ANY($1)`,
    [rows.map((row) => row.id)],
  )
}

async function writeOwnAccount({ accountId, partition }: Identity): Promise<void> {
  await sql.execute(
    `INSERT INTO "Account" ("id", "name", "partition", "source", "path", "onlyRegions")
      VALUES ($1, $2, $3, 'self', '{}', '{}') ON CONFLICT ("id") DO NOTHING`,
    [accountId, `Account ${accountId}`, partition],
  )
}
