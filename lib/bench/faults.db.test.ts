import { afterAll, expect, it } from 'vitest'
import { freshDatabase } from '../db/test/database'
import { liftBudget, openFaultsFixture, type FaultsFixture } from './faults-fixture'
import { runPoints } from './faults-points'

process.env.CLAVIGER_BUDGET_SHARE = '1'
await freshDatabase()
let fixture: FaultsFixture | undefined
afterAll(() => fixture?.close())

// The campaign of ten thousand is `npm run bench:faults`.
it('by no crash, lost answer or throttle is a change lost, done twice or unaudited', async () => {
  fixture = await openFaultsFixture()
  await liftBudget()
  const { points, faults } = await runPoints(fixture, 20_261_122, 80, 45)
  expect(faults).toEqual([])
  expect(points).toBeGreaterThanOrEqual(80)
}, 240_000)
