/** Changes done on a sandbox, and what somebody does around Claviger, by the sandbox's CloudTrail. */
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { DisableKeyCommand } from '@aws-sdk/client-kms'
import { beforeAll, expect, test } from 'vitest'
import type { Permission } from '../../auth/permissions'
import { adminOf } from '../../sandbox/test/running'
import { readTable } from '../../table-source/source'
import { undoImport } from '../../trail/import'
import { Ingest } from '../../trail/ingest'
import { importSource } from '../../trail/write'
import { endNow } from '../decide/end-now'
import { decryptGrant, openChangeFixture } from '../test/change-fixture'
import {
  addKey,
  addLocal,
  asking,
  fixtureAccount,
  fixtureRegion,
  otherAccount,
  outsider,
  permitOf,
  type Someone,
} from '../test/fixtures'
import { readTrailOfChange } from './events-of-change'
import { matchMutations } from './match-mutations'
import { countOutOfBand, countOutOfBandOf, outOfBandSource } from './out-of-band-source'
import { readRevert } from './read-revert'
import { reviewOutOfBand } from './review'

const { sql, db, aws, ann, bob, askApproved, work } = await openChangeFixture()
const began = new Date()
const changes: Record<string, string> = {}
let importId = 0
let disabled = ''

/** What the sandbox's CloudTrail recorded of writes since the test began, as LookupEvents gives it. */
async function lookUp(): Promise<string[]> {
  const { Events = [] } = await aws.cloudTrail(adminOf(fixtureAccount), fixtureRegion).send(
    new LookupEventsCommand({
      StartTime: began,
      LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'false' }],
    }),
  )
  return Events.flatMap(({ CloudTrailEvent }) => CloudTrailEvent ?? [])
}

beforeAll(async () => {
  // What CloudTrail recorded in the second of the connection counts as before it.
  await sql.execute(`UPDATE "Account" SET "createdAt" = now() - interval '1 minute'`)
  const key = await addKey(aws.url)
  const around = await addKey(aws.url)
  disabled = around.arn
  const ends = { endsAt: new Date(Date.now() + 3_600_000).toISOString() }
  const asked = {
    description: asking('description', key.arn, { description: 'for payments' }),
    tag: asking('tag', key.arn, { tags: { team: 'pay' } }),
    alias: asking('alias-create', key.arn, { aliasName: 'alias/pay' }),
    rotation: asking('rotation-enable', key.arn, { rotationPeriodInDays: 365 }),
    grant: asking('grant-create', key.arn, decryptGrant, ends),
  }
  for (const [name, one] of Object.entries(asked)) changes[name] = (await askApproved(one)).changeId
  for (let round = 0; round < 3; round++) await work()
  await endNow(permitOf(ann, 'requests.create'), { changeId: changes.grant ?? '', reason: 'done' })
  await work()
  await outsider(aws.url).send(new DisableKeyCommand({ KeyId: around.arn }))
  importId = (await db.trailImport.create({ data: { what: 'the sandbox' } })).id
  const ingest = new Ingest(importSource(importId), {})
  await ingest.take(await lookUp(), 'LookupEvents')
  await ingest.flush()
  await matchMutations()
})

const trailOf = (name: string) =>
  readTrailOfChange(permitOf(ann, 'requests.read'), changes[name] ?? '')
const tableFor = async (who: Someone, search: Record<string, string> = {}) =>
  (await readTable(outOfBandSource, permitOf(who, 'trail.read'), search)).rows
const scopeOfPermit = <P extends Permission>(who: Someone, permission: P) =>
  permitOf(who, permission).scope

test('each call of each change is matched to its event, with the request ID that AWS answered', async () => {
  const seen = await Promise.all(
    Object.keys(changes).map(async (name) => {
      const { events, missing } = await trailOf(name)
      // CloudTrail's times are whole seconds: within one nobody knows which came first.
      return [name, missing, events.map(({ operation, region }) => `${operation} ${region}`).sort()]
    }),
  )
  expect(seen).toEqual([
    ['description', null, [`UpdateKeyDescription ${fixtureRegion}`]],
    ['tag', null, [`TagResource ${fixtureRegion}`]],
    ['alias', null, [`CreateAlias ${fixtureRegion}`]],
    ['rotation', null, [`EnableKeyRotation ${fixtureRegion}`]],
    ['grant', null, [`CreateGrant ${fixtureRegion}`, `RevokeGrant ${fixtureRegion}`]],
  ])
  const [row] = await sql.query<{ outcome: { requestIds: string[] } }>(
    'SELECT "outcome" FROM "Change" WHERE "id" = $1::uuid',
    [changes.tag],
  )
  expect((await trailOf('tag')).events.map(({ request }) => request)).toEqual(
    row?.outcome.requestIds,
  )
})

test('what was done around Claviger is flagged, alone, and told once to who can review it', async () => {
  const flagged = await tableFor(bob)
  expect(flagged.map(({ operation }) => operation).sort()).toEqual([
    'CreateKey',
    'CreateKey',
    'DisableKey',
  ])
  expect(await countOutOfBand(scopeOfPermit(bob, 'trail.read'))).toBe(3)
  expect(await countOutOfBandOf(scopeOfPermit(bob, 'trail.read'), disabled)).toBe(2)
  const notices = () =>
    sql.query(`SELECT title FROM "Notification" WHERE event = 'outOfBand.found'`)
  const told = [{ title: '3 changes out of band in fixture' }]
  expect(await notices()).toEqual([...told, ...told]) // Ann and Bob
  await sql.execute(`INSERT INTO trail.unmatched (account_id, event_id, occurred_at)
    SELECT account_id, event_id, occurred_at FROM trail.mutation`)
  await matchMutations()
  expect(await notices()).toHaveLength(2)
})

test('who sees another account alone sees, reviews and reverts nothing of it', async () => {
  const local = await addLocal('Lou', 'keyAdministrator', otherAccount)
  const [one] = await tableFor(bob, { filter: 'operation.eq.DisableKey' })
  expect(await tableFor(local)).toEqual([])
  const decision = {
    accountId: fixtureAccount,
    eventId: one?.event ?? '',
    decision: 'accepted',
    reason: 'mine',
  } as const
  await expect(reviewOutOfBand(permitOf(local, 'outOfBand.review'), decision)).rejects.toThrow(
    'no such change out of band',
  )
  await expect(
    readRevert(permitOf(local, 'requests.create'), `${fixtureAccount}/${one?.event}`),
  ).rejects.toThrow('no such change out of band')
  await expect(
    readTrailOfChange(permitOf(local, 'requests.read'), changes.tag ?? ''),
  ).rejects.toThrow('no such change')
})

test('it becomes the request that puts it back, or is accepted with a reason, audited', async () => {
  const [one] = await tableFor(bob, { filter: 'operation.eq.DisableKey' })
  const address = `${fixtureAccount}/${one?.event}`
  expect(await readRevert(permitOf(ann, 'requests.create'), address)).toMatchObject({
    kind: 'key-enable',
    keyArns: [disabled],
    justification: expect.stringContaining(`CloudTrail event ${one?.event}`),
  })
  await reviewOutOfBand(permitOf(bob, 'outOfBand.review'), {
    accountId: fixtureAccount,
    eventId: one?.event ?? '',
    decision: 'accepted',
    reason: 'Incident 7',
  })
  const after = await tableFor(bob, { filter: 'state.eq.accepted' })
  expect(after).toMatchObject([
    { operation: 'DisableKey', reason: 'Incident 7', state: 'accepted' },
  ])
  expect(await countOutOfBandOf(scopeOfPermit(bob, 'trail.read'), disabled)).toBe(1)
  const [entry] = await sql.query<{ body: string }>(
    `SELECT body FROM "AuditEntry" WHERE event = 'outOfBand.accepted'`,
  )
  expect(entry?.body).toContain('Incident 7')
})

test('without its event, a change says why: none was expected, or nobody looks there', async () => {
  expect(await undoImport(importId)).toBeGreaterThan(0)
  await matchMutations()
  expect(await tableFor(bob)).toEqual([])
  expect(await trailOf('tag')).toEqual({ events: [], missing: 'unseen' })
  await sql.execute(
    `INSERT INTO "TrailCoverage" ("source", "accountId", "region", "hour", "isWhole")
     VALUES ('lookup', $1, $2, date_trunc('hour', now(), 'UTC'), false)`,
    [fixtureAccount, fixtureRegion],
  )
  expect((await trailOf('tag')).missing).toBe('notYet')
  await sql.execute(
    `UPDATE "Change" SET "lastSentAt" = "lastSentAt" - interval '2 hours' WHERE "id" = $1::uuid`,
    [changes.tag],
  )
  expect((await trailOf('tag')).missing).toBe('unsure')
  await sql.execute(
    `UPDATE "TrailCoverage" SET "isWhole" = true, "hour" = "hour" - interval '2 hours'`,
  )
  expect((await trailOf('tag')).missing).toBe('absent')
})
