import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listPages, listTokenPages } from './pages'

test('every item comes once, however short the pages are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(), { maxLength: 50 }),
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 9 }),
      async (items, cuts) => {
        let page = 0
        const fetch = (marker: string | undefined) => {
          const start = Number(marker?.split('/')[0] ?? 0)
          const end = Math.min(
            items.length,
            start + (page > 200 ? 50 : (cuts[page % cuts.length] ?? 1)),
          )
          return Promise.resolve({
            items: items.slice(start, end),
            Truncated: end < items.length,
            NextMarker: `${end}/${page++}`,
          })
        }
        const got: number[] = []
        for await (const one of listPages(fetch)) got.push(...one.items)
        expect(got).toEqual(items)
      },
    ),
  )
})

test('a listing that goes round in circles or stops in the middle is no listing', async () => {
  const read = async (answer: { Truncated: boolean; NextMarker?: string }) => {
    for await (const page of listPages(() => Promise.resolve(answer))) void page
  }
  await expect(read({ Truncated: true, NextMarker: 'a' })).rejects.toThrow('cut short')
  await expect(read({ Truncated: true })).rejects.toThrow('cut short')
  await expect(
    (async () => {
      for await (const page of listTokenPages(
        () => Promise.resolve({ t: 'x' }),
        (one) => one.t,
      ))
        void page
    })(),
  ).rejects.toThrow('cut short')
})

test('an empty page with a token is not the end', async () => {
  const pages = [
    { n: [], t: 'a' },
    { n: [1], t: 'b' },
    { n: [2], t: undefined },
  ]
  const got: number[] = []
  for await (const page of listTokenPages(
    (token) =>
      Promise.resolve(
        pages[token === undefined ? 0 : token === 'a' ? 1 : 2] ?? { n: [], t: undefined },
      ),
    (one) => one.t,
  ))
    got.push(...page.n)
  expect(got).toEqual([1, 2])
})
