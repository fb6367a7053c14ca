/**
 * People, an account and keys for whoever makes whole requests: the tests on real Postgres
 * and the bench. The sandbox is spoken to over HTTP.
 */
import { randomUUID } from 'node:crypto'
import {
  CreateKeyCommand,
  KMSClient,
  type CreateKeyCommandInput,
  type KeyMetadata,
} from '@aws-sdk/client-kms'
import { scopeOf, type Assigned, type Permission, type Role } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { permitFor } from '../../auth/test/permit'
import { sql } from '../../db/client'
import type { AskedRequest } from '../request/ask'
import type { Decision } from '../decide/decide'
import { fixtureAccount, fixtureRegion } from './fixture-place'

export { permitFor }

/**
 * An account of the demo in which Claviger has both its roles and no control
 * policy forbids a deletion.
 */
export { fixtureAccount, fixtureRegion }
/** An account of the demo that trusts nobody here until it is connected. */
export const otherAccount = '638820417753'

export type Someone = { id: string; name: string; email: string; assigned: Assigned[] }

export async function addPerson(
  name: string,
  role: Role,
  more: { groups?: string[]; email?: string; verified?: boolean; personClaim?: string } = {},
): Promise<Someone> {
  const id = randomUUID()
  const email = more.email ?? `${name.toLowerCase().replaceAll(' ', '.')}@example.com`
  await sql.execute(
    `INSERT INTO "Person" ("id", "issuer", "subject", "email", "emailVerified", "name", "groups",
      "personClaim") VALUES ($1::uuid, 'https://fixture.example', $1::text, $2, $3, $4, $5, $6)`,
    [id, email, more.verified ?? true, name, more.groups ?? [], more.personClaim ?? null],
  )
  await sql.execute(
    `INSERT INTO "Assignment" ("id", "personId", "role") VALUES (gen_random_uuid(), $1::uuid, $2::"Role")`,
    [id, role],
  )
  return { id, name, email, assigned: [{ role, accountId: null }] }
}

/** What authorize would give: the scope of what the person holds. */
export function permitOf<P extends Permission>(person: Someone, permission: P): Permit<P> {
  const scope = scopeOf(person.assigned, permission)
  if (!scope) throw new Error(`${person.name} lacks ${permission}`)
  return permitFor(person, permission, scope)
}

/** Somebody with a role in one account alone. */
export async function addLocal(
  name: string,
  role: Role,
  accountId = fixtureAccount,
): Promise<Someone> {
  const person = await addPerson(name, role)
  await sql.execute(`UPDATE "Assignment" SET "accountId" = $2 WHERE "personId" = $1::uuid`, [
    person.id,
    accountId,
  ])
  return { ...person, assigned: [{ role, accountId }] }
}

/** Points the console's own clients at a sandbox and connects one of its accounts. */
export async function connectAccount(
  endpoint: string,
  { accountId = fixtureAccount, externalId = 'claviger-fixture' } = {},
): Promise<void> {
  const answer = await fetch(`${endpoint}/_sandbox/credentials`)
  const credentials = (await answer.json()) as {
    arn: string
    accessKeyId: string
    secretAccessKey: string
  }[] // the control API's own shape
  const host = credentials.find(({ arn }) => arn.endsWith(':user/claviger-host'))
  if (!host) throw new Error('the scenario has no claviger-host')
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: fixtureRegion,
    AWS_ACCESS_KEY_ID: host.accessKeyId,
    AWS_SECRET_ACCESS_KEY: host.secretAccessKey,
    CLAVIGER_EXTERNAL_ID: externalId,
    CLAVIGER_DRY_RUN: 'honoured',
  })
  const role = (name: string) => `arn:aws:iam::${accountId}:role/${name}`
  await sql.execute(
    `INSERT INTO "Account" ("id", "name", "source", "path", "onlyRegions", "readRoleArn",
      "writeRoleArn") VALUES ($1, 'fixture', 'page', '{}', '{}', $2, $3)`,
    [accountId, role('ClavigerRead'), role('ClavigerWrite')],
  )
}

/** Somebody who may do anything in an account: the world around Claviger. */
export const outsider = (
  endpoint: string,
  { accountId = fixtureAccount, region = fixtureRegion } = {},
): KMSClient =>
  new KMSClient({
    endpoint,
    region,
    credentials: { accessKeyId: accountId, secretAccessKey: 'any' },
    maxAttempts: 1,
  })

/** A key in AWS, and in the inventory as a sweep would have put it there. */
export async function addKey(
  endpoint: string,
  input: CreateKeyCommandInput = {},
  tags: Record<string, string> = {},
): Promise<{ arn: string; keyId: string; metadata: KeyMetadata }> {
  const { KeyMetadata: metadata } = await outsider(endpoint).send(new CreateKeyCommand(input))
  if (!metadata?.Arn || !metadata.KeyId) throw new Error('no key was made')
  await listKey(metadata, tags)
  return { arn: metadata.Arn, keyId: metadata.KeyId, metadata }
}

/** Puts a key into the inventory. */
export async function listKey(
  { Arn, KeyId, KeySpec, KeyUsage, KeyState, KeyManager, Origin, MultiRegion }: KeyMetadata,
  tags: Record<string, string> = {},
): Promise<void> {
  const [, , , region, accountId] = Arn?.split(':') ?? []
  await sql.execute(
    `INSERT INTO "Key" ("arn", "accountId", "region", "keyId", "listedAt", "listedIn",
      "describedAt", "keyState", "keySpec", "keyUsage", "origin", "keyManager", "scope",
      "aliases", "tags", "tagsAt")
     VALUES ($1, $2, $3, $4, now(), 1, now(), $5, $6, $7, $8, $9, $10, '{}', $11, now()) ON CONFLICT DO NOTHING`,
    [
      Arn,
      accountId,
      region,
      KeyId,
      KeyState,
      KeySpec,
      KeyUsage,
      Origin,
      KeyManager,
      MultiRegion ? 'primary' : 'single',
      JSON.stringify(tags),
    ],
  )
}

type Asked = AskedRequest['changes'][number]

/** One change, as a form would ask for it. */
export function asking(
  kind: Asked['kind'],
  keyArn: string | null,
  input: unknown,
  more: Partial<Asked> = {},
): AskedRequest {
  const [, , , region = fixtureRegion, accountId = fixtureAccount] = keyArn?.split(':') ?? []
  return {
    justification: 'for the fixture',
    changes: [{ kind, accountId, region, keyArn, input, startsAt: null, ...more }],
  }
}

/** What an approver's screen sends about a change. */
export async function decisionOf(
  changeId: string,
  decision: Decision['decision'] = 'approve',
  comment = 'seen',
): Promise<Decision> {
  const [row] = await sql.query<{ requestHash: string; baselineHash: string }>(
    'SELECT "requestHash", "baselineHash" FROM "Change" WHERE "id" = $1::uuid',
    [changeId],
  )
  if (!row) throw new Error('no such change')
  return { changeId, decision, comment, ...row }
}

export async function changesOf(
  requestId: string,
): Promise<
  { id: string; status: string; problem: string | null; outcome: unknown; kind: string }[]
> {
  return sql.query(
    'SELECT "id", "status"::text AS "status", "problem", "outcome", "kind" FROM "Change" ' +
      'WHERE "requestId" = $1::uuid ORDER BY "position"',
    [requestId],
  )
}

type Stored = {
  status: string
  problem: string | null
  sends: number
  attempt: number
  nextTryAt: Date | null
}
/** A change as the database has it. */
export async function stored(changeId: string): Promise<Stored | undefined> {
  const [row] = await sql.query<Stored>(
    'SELECT "status"::text AS "status", "problem", "sends", "attempt", "nextTryAt" FROM "Change" WHERE "id" = $1::uuid',
    [changeId],
  )
  return row
}

/** Lets time pass for the console and for AWS together. For a database of the caller's own. */
export async function letTimePass(endpoint: string, seconds: number): Promise<void> {
  await sql.execute(`CREATE TABLE IF NOT EXISTS stage_clock (ahead interval NOT NULL)`)
  await sql.execute(
    `INSERT INTO stage_clock SELECT '0' WHERE NOT EXISTS (SELECT 1 FROM stage_clock)`,
  )
  await sql.execute(`UPDATE stage_clock SET ahead = ahead + make_interval(secs => $1::float8)`, [
    seconds,
  ])
  await sql.execute(
    `CREATE OR REPLACE FUNCTION claviger_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
      SELECT now() + (SELECT ahead FROM stage_clock) $$`,
  )
  const answer = await fetch(`${endpoint}/_sandbox/clock`, {
    method: 'POST',
    body: JSON.stringify({ advanceSeconds: seconds }),
  })
  if (!answer.ok) throw new Error(`the sandbox's clock did not move: ${await answer.text()}`)
  await sql.execute('NOTIFY claviger_work') // by that clock other things are due
}
