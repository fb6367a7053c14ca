import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { freshDatabase } from '@/lib/db/test/database'
import { closeLeaseStore, limitOf, nextFactor, renewLeases } from './lease-store'

const { sql } = await freshDatabase()
afterAll(() => closeLeaseStore())

const row = (region: string, want: number, keep = 0, throttled = false) => ({
  accountId: '111122223333',
  region,
  quota: 'ListGrants request rate',
  api: 'kms:ListGrants',
  want,
  keep,
  throttled,
})
const sumOf = async (region: string) => {
  const [sum] = await sql.query<{ sum: number }>(
    `SELECT coalesce(sum("tokens"), 0)::int AS "sum" FROM "BudgetLease"
      WHERE "region" = $1 AND "expiresAt" > clock_timestamp()`,
    [region],
  )
  return sum?.sum ?? 0
}

test('whoever renews in whatever order, the leases of all processes together stay within the share', async () => {
  let region = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          holder: fc.nat({ max: 3 }),
          want: fc.nat({ max: 80 }),
          use: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        { maxLength: 25 },
      ),
      async (steps) => {
        const place = `r-${region++}`
        const tokens = [0, 0, 0, 0]
        for (const { holder, want, use } of steps) {
          const [got] = await renewLeases(`h${holder}`, 0.3, [
            row(place, want, Math.floor((tokens[holder] ?? 0) * use)),
          ])
          tokens[holder] = got?.tokens ?? 0
          expect(got?.limit).toBe(30)
          expect(await sumOf(place)).toBeLessThanOrEqual(30)
        }
      },
    ),
    { numRuns: 15 },
  )
})

test("a lease that ran out is another's, and its holder cannot keep it by asking", async () => {
  await renewLeases('dead', 0.3, [row('x', 30)])
  await sql.execute(
    `UPDATE "BudgetLease" SET "expiresAt" = clock_timestamp() - interval '1 second' WHERE "region" = 'x'`,
  )
  expect((await renewLeases('next', 0.3, [row('x', 30)]))[0]?.tokens).toBe(30)
  expect((await renewLeases('dead', 0.3, [row('x', 30, 30)]))[0]).toMatchObject({
    tokens: 0,
    usable: 0,
  })
})

test('a throttle shrinks the budget of every process; the ceiling comes from Service Quotas', async () => {
  await sql.execute(
    `INSERT INTO "QuotaValue" ("accountId", "region", "code", "name", "value", "adjustable",
      "observedAt") VALUES ('111122223333', 'q', 'L-D39AB822', 'ListGrants', 1000, true, now())`,
  )
  expect((await renewLeases('a', 0.3, [row('q', 5)]))[0]?.limit).toBe(300)
  expect((await renewLeases('a', 0.3, [row('q', 5, 5, true)]))[0]?.limit).toBe(210)
  // the same moment's throttle is not counted twice
  expect((await renewLeases('b', 0.3, [row('q', 5, 0, true)]))[0]?.limit).toBe(210)
})

test('a share is rounded up to a whole call, and never below one', () => {
  expect([
    limitOf(5, 0.3, 1),
    limitOf(1, 0.3, 1),
    limitOf(2000, 0.3, 1),
    limitOf(10, 0.3, 1),
    limitOf(5, 0.3, 0.2),
  ]).toEqual([2, 1, 600, 3, 1])
})

test('the budget comes back with quiet seconds, those in which nobody renewed too', () => {
  expect(nextFactor({ factor: 0.5, sinceThrottleMs: 900, sinceRecoveryMs: null }, false)).toBe(0.5)
  expect(
    nextFactor({ factor: 0.5, sinceThrottleMs: 2_100, sinceRecoveryMs: 90_000 }, false),
  ).toBeCloseTo(0.6)
  expect(
    nextFactor({ factor: 0.2, sinceThrottleMs: 3_600_000, sinceRecoveryMs: 3_600_000 }, false),
  ).toBe(1)
  expect(nextFactor({ factor: 0.2, sinceThrottleMs: 5_000, sinceRecoveryMs: null }, true)).toBe(0.2)
})
