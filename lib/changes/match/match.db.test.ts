import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../db/test/database'
import { Ingest } from '../../trail/ingest'
import { markAllMutations } from '../../trail/mark-mutations'
import { eventFrom } from '../../trail/test/events'
import { writeEvents } from '../../trail/write'
import { applyServiceGrantSetting, matchMutations } from './match-mutations'
import { readPolicyMakers } from './policy-makers'
import { makeWorld, plan, rounds, type Step, type StoredChange, type World } from './test/world'

const { sql } = await freshDatabase()
const lasting = { name: 'lookup', importId: null }

/** Accounts, people and changes that are being done; no call has left yet. */
async function open(worlds: readonly World[]): Promise<void> {
  await sql.execute(
    `INSERT INTO "Account" ("id", "name", "source", "path", "onlyRegions", "writeRoleArn", "createdAt")
     SELECT a, a, 'page', '{}', '{}', 'arn:aws:iam::' || a || ':role/ClavigerWrite', '2026-11-01'
     FROM unnest($1::text[]) a`,
    [worlds.map(({ accountId }) => accountId)],
  )
  const changes: StoredChange[] = worlds.flatMap((world) => world.changes)
  const given = `json_to_recordset('${JSON.stringify(changes)}'::json) g("id" uuid, "requestId" uuid,
    "requesterId" uuid, "kind" text, "accountId" text, "region" text, "keyArn" text)`
  await sql.execute(
    `SET session_replication_role = replica;
     INSERT INTO "Request" ("id", "title", "requesterId", "requesterName", "justification", "sentAt")
     SELECT "requestId", 't', "requesterId", 'Ann', 'j', '2026-11-20 11:59:00Z' FROM ${given};
     INSERT INTO "Change" ("id", "requestId", "position", "kind", "accountId", "region", "keyArn",
       "input", "title", "risk", "baseline", "baselineHash", "baselineAt", "preflight", "status",
       "startedAt")
     SELECT "id", "requestId", 1, "kind", "accountId", "region", "keyArn", '{}', 't', 'low', '{}',
       'b', now(), '{}', 'executing', '2026-11-20 12:00:00Z' FROM ${given};
     SET session_replication_role = origin`,
  )
}

async function take(steps: readonly Step[]): Promise<void> {
  // One after another: in one statement a row is updated once.
  for (const answered of [false, true]) {
    const some = steps.filter(({ requestIds }) => requestIds.length > 0 === answered)
    await sql.execute(
      `UPDATE "Change" c SET "sends" = g."sends", "undoSends" = g."undoSends",
         "lastSentAt" = '2026-11-20 12:01:00Z', "outcome" = CASE WHEN g."requestIds" = '[]' THEN c."outcome"
           ELSE jsonb_build_object('requestIds', g."requestIds") END
       FROM json_to_recordset($1::json) g("id" uuid, "sends" int, "undoSends" int, "requestIds" jsonb)
       WHERE c."id" = g."id"`,
      [JSON.stringify(some)],
    )
  }
}

type Row = { eventId: string; origin: string; changeId: string | null; why: string }
const readRows = () =>
  sql.query<Row>(
    `SELECT event_id AS "eventId", origin, change_id AS "changeId", why FROM trail.mutation
     ORDER BY event_id`,
  )

const expectedOf = (worlds: readonly World[]) =>
  worlds
    .flatMap(({ expected }) => [...expected])
    .flatMap(([eventId, one]) => (one ? [{ eventId, ...one }] : []))
    .sort((a, b) => (a.eventId < b.eventId ? -1 : 1))

/** Another one each time; a failure names it. */
const seed = Number(process.env.MATCH_SEED ?? Date.now() % 1_000_000)

test(`1,000 interleavings of ours and others, seed ${seed}: none false, none missed`, async () => {
  const worlds = fc.sample(plan, { numRuns: 1_000, seed }).map(makeWorld)
  const doubled = fc.sample(fc.nat(3), { numRuns: 20_000, seed })
  await open(worlds)
  const ingest = new Ingest(lasting, {})
  for (let round = 0; round < rounds; round++) {
    await take(worlds.flatMap(({ steps }) => steps[round] ?? []))
    const records = worlds.flatMap((world) => world.records[round] ?? [])
    const again = records.filter(() => doubled.pop() === 0)
    await ingest.take([...again, ...records], 'here')
    await ingest.flush()
    await matchMutations()
  }
  const found = await readRows()
  expect(found.length).toBeGreaterThan(3_000)
  expect(found.map(({ why: _, ...row }) => row)).toEqual(expectedOf(worlds))
  await markAllMutations()
  await matchMutations()
  expect(await readRows()).toEqual(found)
})

test('grants that services create count as out of band when the setting says so, also those of before', async () => {
  const counts = async () =>
    (
      await sql.query<{ origin: string }>(
        `SELECT DISTINCT origin FROM trail.mutation WHERE why = 'serviceGrant'`,
      )
    ).map(({ origin }) => origin)
  expect(await counts()).toEqual(['aws'])
  try {
    process.env.CLAVIGER_OUT_OF_BAND_SERVICE_GRANTS = '1'
    await applyServiceGrantSetting()
    await matchMutations()
    expect(await counts()).toEqual(['outOfBand'])
  } finally {
    delete process.env.CLAVIGER_OUT_OF_BAND_SERVICE_GRANTS
  }
  await applyServiceGrantSetting()
  await matchMutations()
  expect(await counts()).toEqual(['aws'])
})

test('a version of a policy was made by the last call before it was seen, and is else unknown', async () => {
  const keyArn = 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
  const put = (eventID: string, eventTime: string, userName: string) =>
    eventFrom('putKeyPolicy', {
      eventID,
      eventTime,
      resources: [{ ARN: keyArn, accountId: '111122223333' }],
      userIdentity: {
        type: 'IAMUser',
        arn: `arn:aws:iam::111122223333:user/${userName}`,
        accountId: '111122223333',
        userName,
      },
    })
  await writeEvents(
    [
      put('put-1', '2026-11-02T10:00:00Z', 'ann'),
      put('put-2', '2026-11-02T10:05:00Z', 'bob'),
      put('put-3', '2026-11-04T10:00:00Z', 'later'),
    ],
    lasting,
  )
  const version = (id: string, firstSeenAt: string, lastSeenAt: string) => ({
    id,
    hash: id,
    firstSeenAt,
    lastSeenAt,
  })
  const makers = await readPolicyMakers(keyArn, [
    version('3', '2026-11-03T12:00:00Z', '2026-11-03T12:00:00Z'),
    version('2', '2026-11-02T12:00:00Z', '2026-11-03T09:00:00Z'),
    version('1', '2026-11-01T12:00:00Z', '2026-11-02T09:00:00Z'),
  ])
  expect(makers).toMatchObject({
    2: {
      event: 'put-2',
      at: '2026-11-02T10:05:00.000Z',
      principal: expect.stringMatching(/bob$/),
      requestId: null,
    },
  })
  expect(Object.keys(makers)).toEqual(['2'])
})
