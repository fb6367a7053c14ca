import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { freshDatabase } from '../db/test/database'
import { evaluateAllMarked, evaluateMarkedKeys } from './evaluate-keys'
import { listExternal } from './external'
import {
  arnOf,
  clear,
  waiting,
  decide,
  documents,
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
} from './test/external-writes'
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

const canonical = async () => ({
  kept: { reaches: (await kept()).map(normal), totals: await totals('kept') },
  fresh: { reaches: (await evaluateAfresh()).map(normal), totals: await totals('fresh') },
})

/** Evaluated keys by account, as they are kept and as they are. */
const totals = (which: 'kept' | 'fresh') =>
  sql.query(
    which === 'kept'
      ? 'SELECT account, keys FROM derived.access_total WHERE keys <> 0 ORDER BY account'
      : 'SELECT account, count(*) AS keys FROM derived.access_key GROUP BY account ORDER BY account',
  )

/** Order of members is no difference: jsonb keeps none. */
const normal = (text: string) =>
  JSON.stringify(
    JSON.parse(text, (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    ),
  )

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
        reached += facts.reaches.length
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
