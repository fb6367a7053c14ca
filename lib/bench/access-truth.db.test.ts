import { afterAll, expect, it } from 'vitest'
import { closeBudget } from '../aws/budget/local-budget'
import { freshDatabase } from '../db/test/database'
import { keyStates } from '../kms/key-states'
import { closeClients } from './access-ask'
import { compareAccess, drawSamples, readTargets } from './access-compare'
import { makeRandom } from './access-random'
import { openAccessWorld, sweepAccessWorld, type AccessWorld } from './access-world'

const { sql } = await freshDatabase()
let world: AccessWorld | undefined
afterAll(async () => {
  closeClients()
  await closeBudget()
  await world?.close()
})

// The campaign of 24,000 is `npm run bench -- access-truth`.
it('what AWS answers in every key state, with conditions, contexts and sessions, is what we say of it', async () => {
  const random = makeRandom(20_261_129)
  world = await openAccessWorld(random, 3, 20)
  await sweepAccessWorld(sql, ['eu-west-1'])
  const targets = await readTargets(sql)
  const samples = await drawSamples(targets, world.principals, 600, random)
  const { differences, ...outcome } = await compareAccess(world, samples)
  expect(differences).toEqual([])
  expect(outcome.samples).toBe(600)
  expect(Math.min(outcome.allowed, outcome.denied)).toBeGreaterThan(50)
  const shown = Object.entries(outcome.uses)
  expect(shown.filter(([, { usable, unusable }]) => usable + unusable > 0).length).toBeGreaterThan(
    keyStates.length / 2,
  )
  expect(shown.reduce((sum, [, { unusable }]) => sum + unusable, 0)).toBeGreaterThan(5)
}, 180_000)
