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
  const { ordinaryRequest, ordinaryChange } = await one<{
    ordinaryRequest: string
    ordinaryChange: string
  }>(
    client,
    `SELECT c."requestId" AS "ordinaryRequest", c.id AS "ordinaryChange" FROM "Change" c WHERE c.status = 'open'
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
    ordinaryChange,
    manyOpen: await addBigRequest(client, person.id, 'open'),
    manyDraft: await addBigRequest(client, person.id, 'draft'),
    policyDraft: await addPolicyDraft(client, person.id, hotKey.arn),
    usageAudit: await addUsageAudit(client, person.id, hotKey.arn),
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

/** One of the hot key, with as many lines as a page shows. */
async function addUsageAudit(client: pg.Client, personId: string, arn: string): Promise<string> {
  const id = randomUUID()
  const parameters = {
    ...{ from: '2026-10-01', until: '2026-10-31', accounts: [], keys: [arn] },
    ...{ tag: null, owner: null, keyArns: [arn] },
  }
  const uses = Array.from({ length: 300 }, (_, n) => ({
    ...{ key: arn, principalKind: 'role', principal: `arn:aws:iam::${bigAccount}:role/r-${n}` },
    ...{ operation: 'Decrypt', via: null, resourceKind: null, resource: null },
    ...{ outcome: 'success', error: null, calls: n },
    ...{ firstAt: '2026-10-01T00:00:00.000Z', lastAt: '2026-10-31T00:00:00.000Z' },
  }))
  const lists = { coverage: [], networks: [], changes: [], mutations: [] }
  await client.query(
    `INSERT INTO "UsageAudit" (id, title, parameters, "accountIds", content, hash, "madeById", "madeBy")
     VALUES ($1, 'Scale', $2, ARRAY['${bigAccount}'], $3, 'none', $4, 'Scale')`,
    [id, parameters, JSON.stringify({ version: 1, parameters, uses, ...lists }), personId],
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
