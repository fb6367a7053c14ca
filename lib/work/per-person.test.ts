import { expect, test } from 'vitest'
import { inLineOf } from './per-person'

test('two questions of a person are answered at once, four wait, one more is told so', async () => {
  const began: number[] = []
  const ends = new Map<number, () => void>()
  const ask = (n: number, person = 'ann') =>
    inLineOf(person, () => {
      began.push(n)
      return new Promise<void>((resolve) => ends.set(n, resolve))
    })
  const asked = [1, 2, 3, 4, 5, 6].map((n) => ask(n))
  await expect(ask(7)).rejects.toMatchObject({ code: 'too_many' })
  expect(began).toEqual([1, 2])
  const other = ask(8, 'kim')
  expect(began).toEqual([1, 2, 8])
  ends.get(8)?.()
  await other
  for (const n of [1, 2, 3, 4, 5, 6]) {
    ends.get(n)?.()
    await asked[n - 1]
  }
  expect(began).toEqual([1, 2, 8, 3, 4, 5, 6])
})

test('a question that fails gives its place to the next', async () => {
  const fail = () => inLineOf('ann', () => Promise.reject(new Error('no')))
  const three = await Promise.allSettled([fail(), fail(), fail()])
  expect(three.every(({ status }) => status === 'rejected')).toBe(true)
  expect(await inLineOf('ann', () => Promise.resolve('yes'))).toBe('yes')
})
