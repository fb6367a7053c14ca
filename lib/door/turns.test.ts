import { expect, it } from 'vitest'
import { inTurn } from './turns'

/** Reads that end when they are told to. */
function makeReads(personId: string, count: number) {
  let running = 0
  let most = 0
  const ends: (() => void)[] = []
  const read = () =>
    new Promise<string>((resolve) => {
      running += 1
      most = Math.max(most, running)
      ends.push(() => {
        running -= 1
        resolve('read')
      })
    })
  const answers = Array.from({ length: count }, () => inTurn(personId, read))
  const finish = async () => {
    for (let i = 0; i < count; i++) {
      ends.shift()?.()
      await new Promise(setImmediate)
    }
  }
  return { answers, finish, most: () => most }
}

it('reads a few pages of one person at a time, lets some wait, and says busy to the rest', async () => {
  const one = makeReads('ann', 200)
  const settled = Promise.allSettled(one.answers)
  await new Promise(setImmediate)
  const other = makeReads('bob', 3)
  await other.finish()
  expect(await Promise.all(other.answers), 'others do not wait for Ann').toEqual([
    'read',
    'read',
    'read',
  ])
  await one.finish()
  const outcomes = await settled
  expect(one.most()).toBe(6)
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(36)
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'busy' })
  }
  expect(globalThis.clavigerTurns?.size).toBe(0)
})

it('gives the place of a read that failed to the next', async () => {
  const failing = Array.from({ length: 20 }, () =>
    inTurn('cleo', () => Promise.reject(new Error('no'))),
  )
  expect((await Promise.allSettled(failing)).every(({ status }) => status === 'rejected')).toBe(
    true,
  )
  expect(await inTurn('cleo', async () => 'read')).toBe('read')
})
