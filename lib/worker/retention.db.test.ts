import { afterEach, expect, test, vi } from 'vitest'
import { forgetOldSpending } from '../auth/budget'
import { forgetOldBudgets } from '../aws/budget/lease-store'
import { forgetBatch } from '../db/forget'
import { freshDatabase } from '../db/test/database'
import { statementsOf } from '../db/test/statements-of'
import { forgetOldPolicies } from '../inventory/forget-policies'
import { forgetOldNotices } from '../notify/forget'
import { forgetOldSweeps } from '../sweep/queue'

const { sql, transaction } = await freshDatabase()
afterEach(() => vi.unstubAllEnvs())

const ago = (days: number) => `now() - interval '${days} days'`
const account = '111122223333'
const person = '00000000-0000-4000-8000-000000000001'
await sql.execute(
  `INSERT INTO "Person" ("id", "issuer", "subject", "email", "name", "groups")
   VALUES ($1::uuid, 'https://id.example', 's', 's@example.com', 'S', '{}')`,
  [person],
)

test('sweeps are kept as long as the setting says, and the last of each place for ever', async () => {
  const add = (count: number, days: number, key = 'NULL') =>
    sql.execute(
      `INSERT INTO "Sweep" ("accountId", "region", "kind", "status", "endedAt", "keyArn")
       SELECT '${account}', 'eu-west-1', 'core', 'complete', ${ago(days)} + n * interval '1 second', ${key}
       FROM generate_series(1, ${count}) n`,
    )
  await add(1_300, 40)
  await add(200, 40, `'arn:' || n`)
  await add(3, 20)
  vi.stubEnv('CLAVIGER_KEEP_SWEEPS_DAYS', '30')
  const { issued } = await statementsOf(forgetOldSweeps)
  expect(await sql.query('SELECT count(*) AS n FROM "Sweep"')).toEqual([{ n: 3 }])
  const deletes = issued.filter(({ text }) => text.includes('DELETE'))
  expect(deletes.length, 'a few rows at a time').toBe(Math.ceil(1_501 / forgetBatch))
  vi.stubEnv('CLAVIGER_KEEP_SWEEPS_DAYS', '10')
  await forgetOldSweeps()
  expect(await sql.query('SELECT "id" FROM "Sweep"')).toHaveLength(1)
})

test('what somebody has locked is passed over, not waited for', async () => {
  await sql.execute('DELETE FROM "Sweep"')
  await sql.execute(
    `INSERT INTO "Sweep" ("accountId", "region", "kind", "status", "endedAt")
     SELECT '${account}', 'eu-west-1', 'core', 'complete', ${ago(40)} FROM generate_series(1, 10)`,
  )
  await transaction(async (tx) => {
    await tx.query('SELECT 1 FROM "Sweep" ORDER BY "id" LIMIT 4 FOR UPDATE')
    await forgetOldSweeps()
  })
  expect(await sql.query('SELECT count(*) AS n FROM "Sweep"')).toEqual([{ n: 5 }])
})

test('notices, messages and spending are kept as long as their settings say', async () => {
  await sql.execute(
    `INSERT INTO "Notification" ("id", "personId", "event", "title", "href", "createdAt", "readAt")
     SELECT gen_random_uuid(), $1::uuid, 'change.expired', t, '/', c, r FROM (VALUES
       ('unread', ${ago(50)}, NULL), ('read', ${ago(50)}, ${ago(45)}), ('old', ${ago(70)}, NULL)) v(t, c, r)`,
    [person],
  )
  await sql.execute(
    `INSERT INTO "Delivery" ("id", "channel", "target", "event", "payload", "status", "createdAt", "sentAt")
     SELECT gen_random_uuid(), 'email', t, 'change.expired', '{}', s, ${ago(50)},
       CASE WHEN s = 'sent' THEN ${ago(50)} END
     FROM (VALUES ('sent', 'sent'), ('failed', 'failed'), ('queued', 'queued')) v(t, s)`,
  )
  await sql.execute(
    `INSERT INTO "PersonBudget" ("personId", "name", "used", "updatedAt")
     VALUES ($1::uuid, 'comments', 3, ${ago(50)}), ($1::uuid, 'exports', 3, now())`,
    [person],
  )
  const left = async () =>
    [
      ...(await sql.query<{ t: string }>('SELECT "title" AS t FROM "Notification"')),
      ...(await sql.query<{ t: string }>('SELECT "target" AS t FROM "Delivery"')),
      ...(await sql.query<{ t: string }>('SELECT "name" AS t FROM "PersonBudget"')),
    ]
      .map(({ t }) => t)
      .sort()
  const forget = async () => {
    await forgetOldNotices()
    await forgetOldSpending()
  }
  for (const name of ['NOTICES', 'READ_NOTICES', 'SENT', 'FAILED', 'BUDGETS'])
    vi.stubEnv(`CLAVIGER_KEEP_${name}_DAYS`, '80')
  await forget()
  expect(await left()).toHaveLength(8)
  vi.stubEnv('CLAVIGER_KEEP_NOTICES_DAYS', '60')
  vi.stubEnv('CLAVIGER_KEEP_READ_NOTICES_DAYS', '40')
  vi.stubEnv('CLAVIGER_KEEP_SENT_DAYS', '40')
  vi.stubEnv('CLAVIGER_KEEP_BUDGETS_DAYS', '40')
  await forget()
  expect(await left()).toEqual(['exports', 'failed', 'queued', 'unread'])
})

test('request budgets are forgotten of accounts that were removed long ago', async () => {
  await sql.execute(
    `INSERT INTO "Account" ("id", "name", "source", "removedAt") VALUES
       ('222222222222', 'long gone', 'page', ${ago(90)}), ('333333333333', 'gone', 'page', ${ago(2)}),
       ('444444444444', 'here', 'page', NULL)`,
  )
  await sql.execute(
    `INSERT INTO "Budget" ("accountId", "region", "quota", "perSecond")
     SELECT "id", 'eu-west-1', 'q', 5 FROM "Account"`,
  )
  await forgetOldBudgets()
  expect(await sql.query('SELECT "accountId" FROM "Budget" ORDER BY 1')).toEqual([
    { accountId: '333333333333' },
    { accountId: '444444444444' },
  ])
})

const key = 'arn:aws:kms:eu-west-1:111122223333:key/one'
const hashes = async () =>
  (await sql.query<{ hash: string }>('SELECT "hash" FROM "PolicyDocument" ORDER BY 1')).map(
    ({ hash }) => hash,
  )
async function addPolicies() {
  await sql.execute('DELETE FROM "PolicyVersion"')
  await sql.execute('DELETE FROM "PolicyDocument"')
  await sql.execute(
    `INSERT INTO "PolicyDocument" ("hash", "text")
     SELECT h, '{}' FROM unnest('{forgotten,asked,drafted,shared,young,current,last}'::text[]) h`,
  )
  await sql.execute(
    `INSERT INTO "PolicyVersion" ("keyArn", "hash", "firstSeenAt", "lastSeenAt")
     SELECT k, h, now() - make_interval(days => first), now() - make_interval(days => last)
     FROM (VALUES ($1, 'forgotten', 900, 800), ($1, 'asked', 800, 700), ($1, 'drafted', 700, 650),
       ($1, 'shared', 650, 600), ($1, 'young', 600, 10), ($1, 'current', 10, 0),
       ('gone', 'last', 900, 800), ('other', 'shared', 900, 0)) v(k, h, first, last)`,
    [key],
  )
}

test('policies of the past go, but for what is current, young, or cited', async () => {
  await addPolicies()
  await sql.execute(
    `INSERT INTO "PolicyDraft" ("id", "keyArn", "accountId", "authorId", "text", "baseHash")
     VALUES (gen_random_uuid(), $1, '${account}', $2::uuid, '{}', 'drafted')`,
    [key, person],
  )
  const [request] = await sql.query<{ id: string }>(
    `INSERT INTO "Request" ("id", "title", "requesterId", "requesterName", "justification")
     VALUES (gen_random_uuid(), 't', $1::uuid, 'S', 'j') RETURNING "id"`,
    [person],
  )
  await sql.execute(
    `INSERT INTO "Change" ("id", "requestId", "position", "kind", "accountId", "keyArn", "input", "title",
       "risk", "baseline", "baselineHash", "baselineAt", "preflight")
     VALUES (gen_random_uuid(), $1::uuid, 1, 'policy-put', '${account}', $2, '{}', 't', 'low',
       '{"policyHash": "asked"}', 'h', now(), '{}')`,
    [request?.id, key],
  )
  await forgetOldPolicies()
  expect(await hashes(), 'three years by themselves').toHaveLength(7)
  vi.stubEnv('CLAVIGER_KEEP_POLICIES_DAYS', '365')
  await forgetOldPolicies()
  expect(await hashes()).toEqual(['asked', 'current', 'drafted', 'last', 'shared', 'young'])
  expect(
    await sql.query(`SELECT "hash" FROM "PolicyVersion" WHERE "keyArn" = $1 ORDER BY "id"`, [key]),
  ).toEqual([{ hash: 'asked' }, { hash: 'drafted' }, { hash: 'young' }, { hash: 'current' }])
})

test('a text that a sweep is writing just now is not taken from under it', async () => {
  await addPolicies()
  vi.stubEnv('CLAVIGER_KEEP_POLICIES_DAYS', '365')
  await transaction(async (tx) => {
    await tx.execute(
      `INSERT INTO "PolicyDocument" ("hash", "text") VALUES ('forgotten', '{}') ON CONFLICT DO NOTHING`,
    )
    await forgetOldPolicies()
    await tx.execute(
      `INSERT INTO "PolicyVersion" ("keyArn", "hash", "firstSeenAt", "lastSeenAt")
       VALUES ('new', 'forgotten', now(), now())`,
    )
  })
  await forgetOldPolicies()
  expect(await hashes()).toContain('forgotten')
  expect(
    await sql.query(`SELECT "keyArn" FROM "PolicyVersion" WHERE "hash" = 'forgotten'`),
  ).toEqual([{ keyArn: 'new' }])
})
