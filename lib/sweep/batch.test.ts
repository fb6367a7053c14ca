import fc from 'fast-check'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Batch, eachOf } from './batch'

test('every row is written once, in order, one write at a time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(), { maxLength: 200 }),
      fc.integer({ min: 1, max: 50 }),
      async (rows, size) => {
        const written: number[] = []
        let open = 0
        const batch = new Batch<number>(
          async (piece) => {
            expect(++open).toBe(1)
            await Promise.resolve()
            written.push(...piece)
            open -= 1
          },
          size,
          1,
        )
        for (const row of rows) await batch.add(row)
        await batch.end()
        expect(written).toEqual(rows)
      },
    ),
    { numRuns: 50 },
  )
})

test('a write that fails is heard of, and nothing is written after it', async () => {
  const written: number[] = []
  const batch = new Batch<number>(
    (piece) =>
      piece.includes(3)
        ? Promise.reject(new Error('disk full'))
        : (written.push(...piece), Promise.resolve()),
    1,
    1,
  )
  await expect(
    (async () => {
      for (let i = 0; i < 10; i++) {
        await batch.add(i)
        await sleep(1)
      }
      await batch.end()
    })(),
  ).rejects.toThrow('disk full')
  expect(written).toEqual([0, 1, 2])
})

test('eachOf does all, at most so many at a time, and begins nothing after a failure', async () => {
  let open = 0
  const done: number[] = []
  await eachOf(
    Array.from({ length: 40 }, (_, i) => i),
    7,
    async (item) => {
      expect(++open).toBeLessThanOrEqual(7)
      await sleep(1)
      open -= 1
      done.push(item)
    },
  )
  expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i))
  const begun: number[] = []
  await expect(
    eachOf([1, 2, 3, 4, 5, 6], 2, async (item) => {
      begun.push(item)
      await sleep(1)
      if (item === 2) throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect(begun.length).toBeLessThan(6)
})
