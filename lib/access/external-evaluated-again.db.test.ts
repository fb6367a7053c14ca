import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Tx } from '../db/client'
import { freshDatabase } from '../db/test/database'
import { eventFrom } from '../trail/test/events'
import { writeEvents } from '../trail/write'
import { evaluateExternal } from './evaluate-external'
import { evaluateAllMarked, evaluateMarkedKeys } from './evaluate-keys'
import {
  arnOf,
  clear,
  waiting,
  count,
  escaped,
  now,
  own,
  putGrant,
  putManaged,
  putOrganization,
  putPolicy,
  putRole,
  role,
  sister,
  stranger,
} from './test/external-writes'

const { db, sql, transaction } = await freshDatabase()

beforeEach(clear)

it('a text is evaluated once for the keys of an account that differ in nothing it asks about', async () => {
  const judge = async () =>
    (await transaction((tx) => evaluateExternal(tx, [1, 3, 5].map(arnOf)))).judged
  for (const k of [1, 3, 5]) await putPolicy(k, 3)
  await db.key.updateMany({ data: { tags: { team: 'a' } } })
  await db.key.updateMany({
    where: { arn: arnOf(3) },
    data: { tags: { team: 'b' }, aliases: ['alias/a1'] },
  })
  expect(await judge()).toBe(1)
  expect(await judge()).toBe(0)
  // What the text asks about: here the tag, in which one of the three differs.
  for (const k of [1, 3, 5]) await putPolicy(k, 5)
  expect(await judge()).toBe(2)
  await putGrant(5, 0, role(stranger, 'carrier'), false)
  await db.key.updateMany({ data: { grantsAt: now() } })
  expect(await judge(), 'a grant lets in another one').toBe(3)
  await putOrganization([own], 0)
  expect(await judge(), 'the organization may lay something on them').toBe(3)
})

it('a text that spells a condition key with escapes is evaluated for each key', async () => {
  for (const k of [1, 3, 5]) await putPolicy(k, escaped)
  await db.key.updateMany({ data: { tags: { team: 'a' }, grantsAt: now() } })
  await db.key.updateMany({ where: { arn: arnOf(3) }, data: { tags: { team: 'b' } } })
  await evaluateAllMarked()
  const reached = await sql.query<{ arn: string }>(
    'SELECT key_arn AS arn FROM derived.external_reach ORDER BY key_arn',
  )
  expect(reached.map(({ arn }) => arn)).toEqual([arnOf(1), arnOf(5)])
})

/** Until some statement waits for what another transaction holds. */
const waitForLock = () =>
  vi.waitFor(
    async () => {
      const waits = await sql.query(
        `SELECT 1 FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )
      expect(waits).not.toEqual([])
    },
    { timeout: 10_000 },
  )

describe('while a sweep of IAM is being written', () => {
  const raise = (tx: Tx, name: string) =>
    tx.query('SELECT derived.raise_access_inputs($1)', [[name]])
  it('keys that name no other account are evaluated, whatever AWS manages', async () => {
    await putManaged(1)
    await putPolicy(1, 0)
    await transaction(
      async (tx) => {
        await raise(tx, 'iam:aws')
        await evaluateAllMarked()
      },
      { timeoutMs: 5_000 },
    )
    expect(await waiting()).toBe(0)
  })

  it('keys that hang on it wait, and the worker pauses before it tries them again', async () => {
    await putRole(sister, 1, false, false)
    await putPolicy(1, 5)
    await evaluateAllMarked()
    await putPolicy(1, 4)
    const overtaken = await transaction(async (tx) => {
      await raise(tx, `iam:${sister}`)
      const evaluating = evaluateMarkedKeys()
      await waitForLock()
      return { evaluating }
    })
    expect(await overtaken.evaluating, 'no more at once').toBe(false)
    expect(await waiting()).toBe(1)
    await evaluateAllMarked()
    expect(await waiting()).toBe(0)
  })
})

it('what two transactions say of the organization at once is not lost', async () => {
  await putOrganization([own], 0)
  const note = (tx: Tx, id: string) =>
    tx.execute(
      `UPDATE "OrganizationNode" SET problems = jsonb_build_object('told', $2::int) WHERE id = $1`,
      [id, count()],
    )
  const second = await transaction(async (tx) => {
    await note(tx, own)
    await tx.execute('SET CONSTRAINTS ALL IMMEDIATE')
    const isDone = transaction((other) => note(other, 'r-1'))
    await waitForLock()
    return { isDone }
  })
  await second.isDone
  const [input] = await sql.query<{ isRight: boolean }>(
    `SELECT digest = derived.organization_digest() AS "isRight" FROM derived.access_input
     WHERE name = 'organization'`,
  )
  expect(input).toEqual({ isRight: true })
})

describe('a key is evaluated again', () => {
  const prepare = async () => {
    await putOrganization([own, sister], 0)
    await putRole(own, 1, false, false)
    await putManaged(1)
    for (const k of [0, 1, 2, 3]) await putPolicy(k, [4, 3, 0, 6][k] ?? 0)
    await db.key.updateMany({ data: { grantsAt: now() } })
    await evaluateAllMarked()
    expect(await waiting()).toBe(0)
  }

  it('when what its verdict hangs on changed, and the page says so before it is done', async () => {
    await prepare()
    const changes: [name: string, change: () => Promise<unknown>, keys: number][] = [
      ['its policy', () => putPolicy(1, 1), 1],
      ['a grant to another account', () => putGrant(1, 0, role(stranger, 'carrier'), false), 1],
      ['IAM of an account that two of another name', () => putRole(own, 2, false, false), 2],
      ['the organization', () => putOrganization([own], 0), 4],
      ['an SCP', () => putOrganization([own], 2), 4],
      ['a key that is new', () => putPolicy(5, 1), 1],
    ]
    for (const [name, change, keys] of changes) {
      await change()
      expect({ name, waiting: await waiting() }).toEqual({ name, waiting: keys })
      await evaluateAllMarked()
      expect({ name, waiting: await waiting() }).toEqual({ name, waiting: 0 })
    }
  })

  it('not when a sweep read the same again, nor for what lets in nobody from outside', async () => {
    await prepare()
    await putOrganization([own, sister], 0)
    await putRole(own, 1, false, false)
    await putManaged(1)
    await putGrant(1, 0, role(own, 'app'), false)
    await putRole('123456789012', 1, false, false)
    const later = new Date(Date.now() + 1000)
    await db.key.updateMany({
      data: {
        listedAt: later,
        policyAt: later,
        grantsAt: later,
        lastUsedAt: later,
        describedAt: later,
      },
    })
    expect(await waiting()).toBe(0)
  })

  it('and what it found then has been so since the first time it was seen', async () => {
    await prepare()
    const since = async () =>
      (
        await sql.query<{ since: Date }>(
          'SELECT since FROM derived.external_reach WHERE key_arn = $1 AND principal = $2',
          [arnOf(1), role(stranger, 'carrier')],
        )
      )[0]?.since
    const first = await since()
    expect(first).toBeInstanceOf(Date)
    await putGrant(1, 0, role(stranger, 'carrier'), false)
    await evaluateAllMarked()
    expect(await since()).toEqual(first)
    await putGrant(1, 0, role(stranger, 'carrier'), true)
    await putPolicy(1, 0)
    await evaluateAllMarked()
    expect(await since()).toBeUndefined()
  })
})

it('a statement lets in since its policy was put, where the trail tells, and else since it was read', async () => {
  await putPolicy(1, 3)
  const since = async () => {
    const { verdicts } = await transaction((tx) => evaluateExternal(tx, [arnOf(1)]))
    return verdicts.flatMap(({ reaches }) => reaches.flatMap(({ through }) => through))[0]?.since
  }
  const read = await since()
  const at = (minutesBefore: number) => new Date(Date.parse(read ?? '') - minutesBefore * 60_000)
  const put = (eventID: string, minutesBefore: number) =>
    eventFrom('putKeyPolicy', {
      eventID,
      eventTime: at(minutesBefore).toISOString(),
      resources: [{ ARN: arnOf(1), accountId: own }],
    })
  const lasting = { name: 'lookup', importId: null }
  await writeEvents(
    [put('the one before', 90), put('this one', 20), put('a later one', -20)],
    lasting,
  )
  expect(await since(), 'nobody knows of which the first version is').toBe(read)
  await db.policyVersion.create({
    data: { keyArn: arnOf(1), hash: 'h0', firstSeenAt: at(600), lastSeenAt: at(60) },
  })
  expect(await since()).toBe(at(20).toISOString())
})
