import { expect, test } from 'vitest'
import { mapInTurns } from './turns'

const busy = (ms: number) => {
  for (const end = performance.now() + ms; performance.now() < end; );
}

test('others have their turn between pieces, one for each round of the loop', async () => {
  let rounds = 0
  let isOver = false
  const count = () => {
    rounds += 1
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  const four = Array.from({ length: 4 }, () =>
    mapInTurns(Array.from({ length: 10 }), () => {
      busy(10)
    }),
  )
  await Promise.all(four)
  isOver = true
  // 400 ms of work in pieces of 15 to 25 ms, no two of them in one round.
  expect(rounds).toBeGreaterThanOrEqual(15)
})

test('what is not done in time is left, and the rest is in order', async () => {
  const all = Array.from({ length: 100 }, (_, n) => n)
  const done = await mapInTurns(
    all,
    (n) => {
      busy(5)
      return n * 2
    },
    performance.now() + 60,
  )
  expect(done.length).toBeGreaterThan(0)
  expect(done.length).toBeLessThan(100)
  expect(done).toEqual(all.slice(0, done.length).map((n) => n * 2))
  expect(await mapInTurns(all, (n) => n)).toEqual(all)
})
