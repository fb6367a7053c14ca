import { expect, it } from 'vitest'
import { readClock, readWallClock } from './clock'

it.each([
  ['readClock', readClock],
  ['readWallClock', readWallClock],
])('%s throws when the database does not say what time it is', async (_, read) => {
  const silent = (rows: object[]) => ({
    query: <T extends object>() => Promise.resolve(rows as T[]),
  })
  await expect(read(silent([]))).rejects.toThrow(/did not say what time it is/)
  await expect(read(silent([{ now: null }]))).rejects.toThrow(/did not say what time it is/)
  const now = new Date()
  expect(await read(silent([{ now }]))).toBe(now)
})
