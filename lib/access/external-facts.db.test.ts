import fc from 'fast-check'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Tx } from '../db/client'
import { freshDatabase } from '../db/test/database'
import { evaluateExternal } from './evaluate-external'
import { evaluateAllMarked, evaluateMarkedKeys } from './evaluate-keys'
import { listExternal } from './external'
import { readExternalCoverage } from './external-read'
import {
  arnOf,
  count,
  decide,
  documents,
  escaped,
  now,
  own,
  policies,
  putGrant,
  putManaged,
  putOrganization,
  putPolicy,
  putRole,
  role,
  sister,
  stateAlone,
  stranger,
} from './external-writes.test-support'
import { fleetColumns, weighKeys } from './fleet-keys'
import { accountOfPrincipal } from './principal-facts'
import { readIam, readOrganization } from './read'

const { db, sql, transaction } = await freshDatabase()

type Step = { name: string; run: () => Promise<unknown> }
const step = (name: string, run: () => Promise<unknown>): Step => ({ name, run })

/** Facts that do not carry the newest decision about their principal and key. */
const wronglyReviewed = () =>
  sql.query(
    `SELECT r.key_arn, r.principal FROM derived.external_reach r WHERE r.review_id IS DISTINCT FROM (
     SELECT e."id" FROM "ExternalReview" e WHERE e."keyArn" = r.key_arn AND e."principal" = r.principal
     ORDER BY e."reviewedAt" DESC, e."id" LIMIT 1)`,
  )

const key = fc.integer({ min: 0, max: 5 })
const document = fc.integer({ min: 0, max: documents.length - 1 })
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(key, fc.option(fc.integer({ min: 0, max: policies.length - 1 }), { freq: 9 }))
      .map(([k, at]) => step(`policy ${at} on k${k}`, () => putPolicy(k, at))),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        key,
        fc.integer({ min: 0, max: 3 }),
        fc.constantFrom(
          role(stranger, 'carrier'),
          role(own, 'app'),
          role(sister, 'app'),
          `arn:aws:iam::${stranger}:root`,
        ),
        fc.boolean(),
      )
      .map(([k, id, grantee, gone]) =>
        step(`grant g${id} of k${k} to ${grantee} ${gone}`, () => putGrant(k, id, grantee, gone)),
      ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(own, sister), document, fc.boolean(), fc.boolean())
      .map(([account, d, isManaged, gone]) =>
        step(`role of ${account} ${d} ${isManaged} ${gone}`, () =>
          putRole(account, d, isManaged, gone),
        ),
      ),
  },
  document.map((d) => step(`managed policy ${d}`, () => putManaged(d))),
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.subarray([own, sister, stranger]), document)
      .map(([members, d]) =>
        step(`organization of ${members} ${d}`, () => putOrganization(members, d)),
      ),
  },
  fc
    .tuple(fc.constantFrom(own, sister), fc.boolean())
    .map(([account, isStated]) =>
      step(`${account} in no organization: ${isStated}`, () => stateAlone(account, isStated)),
    ),
  fc.constant(
    step('no organization', () =>
      transaction(async (tx) => {
        await tx.execute('DELETE FROM "OrganizationNode"')
        await tx.execute('DELETE FROM "Organization"')
      }),
    ),
  ),
  fc
    .tuple(key, fc.constantFrom('a', 'b'))
    .map(([k, team]) =>
      step(`k${k} tagged ${team}`, () =>
        db.key.updateMany({ where: { arn: arnOf(k) }, data: { tags: { team } } }),
      ),
    ),
  fc
    .tuple(key, fc.constantFrom('alias/a1', 'alias/b1'))
    .map(([k, alias]) =>
      step(`k${k} named ${alias}`, () =>
        db.key.updateMany({ where: { arn: arnOf(k) }, data: { aliases: [alias] } }),
      ),
    ),
  fc
    .tuple(key, fc.boolean())
    .map(([k, isRead]) =>
      step(`grants of k${k} read ${isRead}`, () =>
        db.key.updateMany({ where: { arn: arnOf(k) }, data: { grantsAt: isRead ? now() : null } }),
      ),
    ),
  fc
    .tuple(key, fc.boolean())
    .map(([k, gone]) =>
      step(`k${k} gone ${gone}`, () =>
        db.key.updateMany({ where: { arn: arnOf(k) }, data: { goneAt: gone ? now() : null } }),
      ),
    ),
  {
    weight: 2,
    arbitrary: fc
      .tuple(key, fc.constantFrom(role(stranger, 'carrier'), '*'))
      .map(([k, principal]) =>
        step(`decision about ${principal} and k${k}`, () => decide(k, principal)),
      ),
  },
  key.map((k) => step(`k${k} deleted`, () => db.key.deleteMany({ where: { arn: arnOf(k) } }))),
  { weight: 3, arbitrary: fc.constant(step('evaluate', evaluateMarkedKeys)) },
)

/** Everything evaluated anew, key by key, with the whole IAM of each account a key names. */
async function evaluateAfresh() {
  const organization = await readOrganization()
  const stored = await db.key.findMany({
    where: { goneAt: null },
    select: fleetColumns,
    orderBy: { arn: 'asc' },
  })
  const found: unknown[] = []
  for (const weighed of await weighKeys(stored, organization)) {
    const { row, named } = weighed
    const accounts = [...new Set([...named].flatMap((id) => accountOfPrincipal(id) ?? []))].filter(
      (id) => id !== row.accountId,
    )
    const { iam } = await readIam(accounts)
    const standing = {
      ...weighed,
      facts: { ...weighed.facts, trailingDaysWithoutUsage: undefined },
    }
    const [version] = await db.policyVersion.findMany({
      where: { keyArn: row.arn },
      orderBy: { firstSeenAt: 'desc' },
      take: 1,
    })
    const sources = { iam, organization: organization?.facts ?? null }
    found.push(...listExternal(sources, standing, version?.firstSeenAt.toISOString() ?? null))
  }
  return sorted(found)
}
const kept = async () =>
  sorted(
    (await sql.query<{ reach: unknown }>('SELECT reach FROM derived.external_reach')).map(
      ({ reach }) => reach,
    ),
  )
const sorted = (rows: readonly unknown[]) =>
  JSON.parse(JSON.stringify(rows), (_, value: unknown) => value)
    .map((row: Record<string, unknown>) =>
      JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    )
    .sort()

const canonical = async () => ({
  kept: (await kept()).map(normal),
  fresh: (await evaluateAfresh()).map(normal),
})
/** Order of members is no difference: jsonb keeps none. */
const normal = (text: string) =>
  JSON.stringify(
    JSON.parse(text, (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    ),
  )

const waiting = async () => (await readExternalCoverage({ all: true })).waiting

async function clear(): Promise<void> {
  for (const table of [
    'Key',
    'Grant',
    'IamEntity',
    'Organization',
    'OrganizationNode',
    'OrganizationPolicy',
    'PolicyVersion',
    'ExternalReview',
  ]) {
    await sql.execute(`DELETE FROM "${table}"`)
  }
  await evaluateAllMarked()
  expect(await kept()).toEqual([])
}
beforeEach(clear)

describe('the kept facts', () => {
  it('equal a fresh evaluation of everything after any history, however the evaluations fell into it', async () => {
    let reached = 0
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 4, maxLength: 24 }), async (history) => {
        await clear()
        for (const { run } of history) await run()
        await evaluateAllMarked()
        const { kept: facts, fresh } = await canonical()
        expect(facts).toEqual(fresh)
        expect(await wronglyReviewed()).toEqual([])
        expect(await waiting()).toBe(0)
        reached += facts.length
      }),
      { numRuns: 25 },
    )
    expect(reached, 'the sample reaches something').toBeGreaterThan(20)
  }, 240_000)

  it('are right again after two workers evaluated while everything changed under them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(steps, { minLength: 3, maxLength: 8 }), { minLength: 2, maxLength: 3 }),
        async (lanes) => {
          await clear()
          const writers = lanes.map(async (lane) => {
            for (const { run } of lane) await run().catch(() => {}) // two lanes may add one row
          })
          let isDone = false
          const worker = async () => {
            while (!isDone) await evaluateMarkedKeys()
          }
          const workers = [worker(), worker()]
          await Promise.all(writers)
          isDone = true
          await Promise.all(workers)
          await evaluateAllMarked()
          const { kept: facts, fresh } = await canonical()
          expect(facts).toEqual(fresh)
          expect(await wronglyReviewed()).toEqual([])
        },
      ),
      { numRuns: 8 },
    )
  }, 240_000)
})

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
