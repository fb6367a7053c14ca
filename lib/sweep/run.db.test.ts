import { expect, test } from 'vitest'
import { freshDatabase } from '../db/test/database'
import { makeSweepLanes } from './lanes'
import { queueSweeps } from './queue'
import { defineSweep, type Run } from './sweep'

const { sql } = await freshDatabase()
const account = '111122223333'
await sql.execute(
  `INSERT INTO "Account" ("id", "name", "source", "path", "onlyRegions") VALUES ($1, 'one', 'self', '{}', '{}')`,
  [account],
)

/** A sweep that names one API and calls another. */
function makeSweep(named: string, called: string) {
  const sent: string[] = []
  const sweep = defineSweep({
    kind: 'core',
    place: 'account',
    every: 1,
    priority: 0,
    lane: 'quick',
    needs: { [named]: { gives: 'something', without: 'Something is unknown.' } },
    run: async (run: Run) => {
      await run.call(called, () => Promise.resolve(sent.push(called)))
      return { status: 'complete', problem: null }
    },
  })
  return { sweep, sent }
}

async function sweepOnce(named: string, called: string) {
  const { sweep, sent } = makeSweep(named, called)
  await queueSweeps([{ accountId: account, region: '', kind: sweep.kind }])
  const lanes = makeSweepLanes('test', [sweep])
  await lanes.claim()
  await lanes.settled()
  const [row] = await sql.query<{ status: string; problem: string | null }>(
    `SELECT "status", "problem" FROM "Sweep" ORDER BY "id" DESC LIMIT 1`,
  )
  return { ...row, sent }
}

test('a sweep calls only what the role to deploy asks for on its behalf', async () => {
  expect(await sweepOnce('kms:ListKeys', 'kms:ListKeys')).toMatchObject({
    status: 'complete',
    sent: ['kms:ListKeys'],
  })
  expect(await sweepOnce('kms:ListKeys', 'kms:ListAliases')).toMatchObject({
    status: 'failed',
    problem: expect.stringContaining('kms:ListAliases'),
    sent: [],
  })
})
