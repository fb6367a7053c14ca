// What a person who asks finds: requests and drafts of their own beside what was filled.
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import type pg from 'pg'
import { addBigRequest } from './fill-scale'
import { bigAccount, hotKeysSql } from './fill-scale-inventory'
import type { AskedKey, World } from './scale-addresses'

async function one<Row extends pg.QueryResultRow>(
  client: pg.Client,
  text: string,
  values: unknown[] = [],
): Promise<Row> {
  const { rows } = await client.query<Row>(text, values)
  if (!rows[0]) throw new Error(`Nothing was filled for: ${text}`)
  return rows[0]
}

/** Gives one person, who has signed in, what the addresses name. */
export async function giveWorld(client: pg.Client, subject: string, keys: number): Promise<World> {
  const person = await one<{ id: string }>(client, 'SELECT id FROM "Person" WHERE subject = $1', [
    subject,
  ])
  const hotKey = await one<AskedKey>(client, hotKeysSql)
  const plainKey = await one<AskedKey>(
    client,
    `SELECT arn, "keyId", region FROM "Key" WHERE "accountId" = '${bigAccount}'
       AND "keySpec" = 'RSA_2048' AND "keyState" = 'Enabled' AND "keyManager" = 'CUSTOMER'
     ORDER BY arn DESC LIMIT 1`,
  )
  const { arn: principal } = await one<{ arn: string }>(
    client,
    `SELECT arn FROM "IamEntity" WHERE "accountId" = '${bigAccount}' AND kind = 'role' ORDER BY arn LIMIT 1`,
  )
  const { id: ordinaryRequest } = await one<{ id: string }>(
    client,
    `SELECT c."requestId" AS id FROM "Change" c WHERE c.status = 'open'
       AND c."accountId" = '${bigAccount}' ORDER BY c.id LIMIT 1`,
  )
  await client.query(
    `UPDATE "Notification" SET "personId" = $1 WHERE id IN (
       SELECT n.id FROM "Notification" n JOIN "Person" p ON p.id = n."personId"
       WHERE p.issuer = 'https://people.example' ORDER BY n.id LIMIT 200)`,
    [person.id],
  )
  await client.query(
    `INSERT INTO "PublicKey" ("keyArn", der, algorithms)
     VALUES ($1, $2, '{RSASSA_PSS_SHA_256}') ON CONFLICT DO NOTHING`,
    [plainKey.arn, publicKey()],
  )
  return {
    hotKey,
    plainKey,
    principal,
    ordinaryRequest,
    manyOpen: await addBigRequest(client, person.id, 'open'),
    manyDraft: await addBigRequest(client, person.id, 'draft'),
    policyDraft: await addPolicyDraft(client, person.id, hotKey.arn),
    versions: await addVersions(client, hotKey.arn),
    keys,
  }
}

const publicKey = (): Buffer =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
    type: 'spki',
    format: 'der',
  })

async function addPolicyDraft(client: pg.Client, personId: string, arn: string): Promise<string> {
  const id = randomUUID()
  await client.query(
    `INSERT INTO "PolicyDraft" (id, "keyArn", "accountId", "authorId", text, "baseHash")
     SELECT $1::uuid, k.arn, k."accountId", $2::uuid, replace(p.text, 'Enable', 'Leave'), p.hash
     FROM "Key" k JOIN "PolicyDocument" p ON p.hash = k."policyHash" WHERE k.arn = $3`,
    [id, personId, arn],
  )
  return id
}

async function addVersions(client: pg.Client, arn: string): Promise<readonly [number, number]> {
  const older = await one<{ id: string }>(
    client,
    `INSERT INTO "PolicyVersion" ("keyArn", hash, "firstSeenAt", "lastSeenAt")
     SELECT $1, hash, now() - interval '500 days', now() - interval '450 days'
     FROM "PolicyDocument" ORDER BY hash LIMIT 1 RETURNING id`,
    [arn],
  )
  const newer = await one<{ id: string }>(
    client,
    'SELECT id FROM "PolicyVersion" WHERE "keyArn" = $1 ORDER BY "firstSeenAt" DESC LIMIT 1',
    [arn],
  )
  return [Number(older.id), Number(newer.id)]
}
