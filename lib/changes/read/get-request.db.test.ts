import { expect, it } from 'vitest'
import { pool } from '../../db/client'
import { getRequest } from './get-request'
import { openChangeFixture } from '../test/change-fixture'
import { addKey, addPerson, asking, permitFor } from '../test/fixtures'

const { aws, ann, bob, ask, approve } = await openChangeFixture()
const cleo = await addPerson('Cleo', 'approver')

/** Statements that reach the database while this runs. */
async function countStatements(run: () => Promise<unknown>): Promise<number> {
  const counted = pool()
  const real = counted.query.bind(counted)
  let count = 0
  Object.assign(counted, {
    query: (...statement: Parameters<typeof real>) => {
      count++
      return real(...statement)
    },
  })
  try {
    await run()
  } finally {
    Object.assign(counted, { query: real })
  }
  return count
}

async function askForMany(count: number): Promise<string> {
  const keys = await Promise.all(Array.from({ length: count }, () => addKey(aws.url)))
  const { requestId } = await ask({
    justification: 'many',
    changes: keys.flatMap(({ arn }) => asking('key-disable', arn, {}).changes),
  })
  return requestId
}

it('a request is read with two more statements for each more change, whoever reads', async () => {
  const [few, many] = [await askForMany(2), await askForMany(12)]
  for (const who of [ann, bob]) {
    const cost = (id: string) =>
      countStatements(() => getRequest(permitFor(who, 'requests.read'), id))
    expect((await cost(many)) - (await cost(few)), who.name).toBeLessThanOrEqual(2 * 10)
  }
})

it('who has decided about one change of several may still decide about the others', async () => {
  const id = await askForMany(3)
  const before = await getRequest(permitFor(bob, 'requests.read'), id)
  // A deletion takes two, so that it stays open after the first.
  const { requestId } = await ask({
    justification: 'two',
    changes: before.changes.flatMap(
      ({ keyArn }) =>
        asking('deletion-schedule', keyArn ?? '', { pendingWindowInDays: 30 }).changes,
    ),
  })
  const second = (await getRequest(permitFor(bob, 'requests.read'), requestId)).changes[1]
  await approve(second?.id ?? '')
  const may = async (who: typeof bob) =>
    (await getRequest(permitFor(who, 'requests.read'), requestId)).changes.map(
      ({ decide }) => decide.may,
    )
  const asked = (await getRequest(permitFor(bob, 'requests.read'), requestId)).changes.map(
    ({ deciders }) => deciders.map(({ name }) => name),
  )
  expect([await may(bob), await may(cleo)]).toEqual([
    [true, false, true],
    [true, true, true],
  ])
  expect(asked).toEqual([['Bob', 'Cleo'], ['Cleo'], ['Bob', 'Cleo']])
})
