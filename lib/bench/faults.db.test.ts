import { afterAll, expect, it } from 'vitest'
import { freshDatabase } from '../db/test/database'
import { liftBudget, openStage, type Stage } from './faults-stage'
import { runPoints } from './faults-points'

process.env.CLAVIGER_BUDGET_SHARE = '1'
await freshDatabase()
let stage: Stage | undefined
afterAll(() => stage?.close())

// The campaign of ten thousand is `npm run bench:faults`.
it('crashes, lost answers, throttles: no change is lost, done twice, unaudited or not as AWS has it', async () => {
  stage = await openStage()
  await liftBudget()
  const { points, faults } = await runPoints(stage, 20_261_122, 80, 45)
  expect(faults).toEqual([])
  expect(points).toBeGreaterThanOrEqual(80)
}, 240_000)
