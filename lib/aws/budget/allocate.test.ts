import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allocate, type Asking } from './allocate'

const asking = (want: number, more: Partial<Asking> = {}): Asking => ({
  holder: 'me',
  want,
  keep: 0,
  leased: 0,
  ...more,
})

describe('allot', () => {
  test('no sequence of renewals raises the sum of the leases above the limit', () => {
    const step = fc.record({
      holder: fc.nat({ max: 4 }),
      want: fc.nat({ max: 200 }),
      kept: fc.double({ min: 0, max: 1, noNaN: true }),
      turn: fc.nat({ max: 20 }),
    })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.array(step, { maxLength: 200 }),
        (limit, steps) => {
          const leases = new Map<string, { holder: string; tokens: number; want: number }>()
          for (const { holder: number, want, kept, turn } of steps) {
            const holder = `h${number}`
            const leased = leases.get(holder)?.tokens ?? 0
            const others = [...leases.values()].filter((one) => one.holder !== holder)
            const { tokens, usable } = allocate(
              limit,
              others,
              { holder, want, leased, keep: Math.floor(kept * leased) },
              turn,
            )
            expect(usable).toBeLessThanOrEqual(tokens)
            leases.set(holder, { holder, tokens, want })
            expect(
              [...leases.values()].reduce((sum, one) => sum + one.tokens, 0),
            ).toBeLessThanOrEqual(limit)
          }
        },
      ),
    )
  })

  test('what is in use is kept until it can be given back', () => {
    expect(
      allocate(
        10,
        [{ holder: 'other', tokens: 0, want: 50 }],
        asking(50, { keep: 10, leased: 10 }),
        0,
      ),
    ).toEqual({ tokens: 10, usable: 5 })
  })

  test("an expired lease keeps nothing: the tokens may be another's by now", () => {
    expect(
      allocate(
        10,
        [{ holder: 'other', tokens: 10, want: 10 }],
        asking(50, { keep: 10, leased: 0 }),
        0,
      ).tokens,
    ).toBe(0)
  })

  test('one call a second goes round by turns', () => {
    const mine = [0, 1, 2, 3].map(
      (turn) => allocate(1, [{ holder: 'other', tokens: 0, want: 9 }], asking(9), turn).usable,
    )
    expect(mine.toSorted()).toEqual([0, 0, 1, 1])
    expect(mine[0]).not.toBe(mine[1])
  })

  test('everybody settled, all that is wanted is given as far as it goes, and evenly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 5 }),
        fc.nat(),
        (limit, wants, turn) => {
          const all = wants.map((want, index) => ({ holder: `h${index}`, want, tokens: 0 }))
          const parts = all.map(
            (one) =>
              allocate(
                limit,
                all.filter((other) => other !== one),
                { ...one, keep: 0, leased: 0 },
                turn,
              ).usable,
          )
          expect(parts.reduce((sum, part) => sum + part, 0)).toBe(
            Math.min(
              limit,
              wants.reduce((sum, want) => sum + want, 0),
            ),
          )
          const short = parts.filter((part, index) => part < (wants[index] ?? 0))
          if (short.length > 0)
            expect(Math.max(...parts) - Math.min(...short)).toBeLessThanOrEqual(1)
        },
      ),
    )
  })
})
