import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { page } from './paging'
import { addUser, bareWorld, callBy } from './test/call'

const world = bareWorld()
const call = (more = {}) =>
  callBy(world, addUser(world, '111122223333', 'ann'), { operation: 'ListKeys', ...more })
const options = { default: 100, max: 1000, key: (item: string) => item }

describe('page', () => {
  const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 40 })

  it('gives every lasting item exactly once, whatever comes, goes or is cut short between pages', () => {
    fc.assert(
      fc.property(
        ids,
        ids,
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        fc.boolean(),
        (lasting, passing, limit, shortPage, inOrder) => {
          const seen: string[] = []
          let marker: string | undefined
          for (let turn = 0; ; turn += 1) {
            const unsorted = turn % 2 === 0 ? [...new Set([...lasting, ...passing])] : lasting
            const there = inOrder ? unsorted.toSorted() : unsorted
            const found = page(call({ shortPage }), there, { ...options, limit, marker, inOrder })
            expect(found.items.length).toBeLessThanOrEqual(limit)
            seen.push(...found.items)
            marker = found.next
            expect(found.truncated).toBe(marker !== undefined)
            if (marker === undefined) break
            expect(found.items.length).toBeGreaterThan(0)
          }
          expect(seen).toEqual([...new Set(seen)].sort())
          expect(lasting.every((item) => seen.includes(item))).toBe(true)
        },
      ),
    )
  })

  it('cuts a page short when told, but never to nothing', () => {
    const found = page(call({ shortPage: true }), ['a', 'b', 'c', 'd'], {
      ...options,
      limit: undefined,
      marker: undefined,
    })
    expect(found).toMatchObject({ truncated: true })
    expect(found.items.length).toBeGreaterThan(0)
    const single = page(call({ shortPage: true }), ['a'], {
      ...options,
      limit: undefined,
      marker: undefined,
    })
    expect(single).toMatchObject({ items: ['a'], truncated: false })
  })

  it('takes a marker only where it was given', () => {
    const { next } = page(call(), ['a', 'b'], { ...options, limit: 1, marker: undefined })
    expect(page(call(), ['a', 'b'], { ...options, limit: 1, marker: next }).items).toEqual(['b'])
    const refused = expect.objectContaining({ code: 'InvalidMarkerException' })
    for (const [where, marker] of [
      [{ operation: 'ListAliases' }, next],
      [{ region: 'us-east-1' }, next],
      [{}, 'x'],
      [{}, 7],
    ] as const) {
      expect(() => page(call(where), ['a', 'b'], { ...options, limit: 1, marker })).toThrow(refused)
    }
  })

  it('bounds the limit', () => {
    const refused = expect.objectContaining({ code: 'ValidationException' })
    for (const limit of [0, 1001]) {
      expect(() => page(call(), ['a'], { ...options, limit, marker: undefined })).toThrow(refused)
    }
  })
})
