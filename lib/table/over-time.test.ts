import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endOf, layOut, startOf, startsOf, unitFor, type TimeUnit } from './over-time'

const units: readonly TimeUnit[] = ['hour', 'day', 'week', 'month']
const moment = fc.date({
  min: new Date('2014-01-01'),
  max: new Date('2030-01-01'),
  noInvalidDate: true,
})

test('pieces of time follow each other without a gap, and the first and last hold the ends', () => {
  fc.assert(
    fc.property(moment, fc.integer({ min: 1, max: 4_000 }), (from, hours) => {
      const span = { from, to: new Date(from.getTime() + hours * 3_600_000) }
      for (const unit of [...units.slice(1), unitFor(span)]) {
        const starts = startsOf(unit, span)
        const ends = starts.map((start) => endOf(unit, new Date(start)).toISOString())
        expect(ends.slice(0, -1)).toEqual(starts.slice(1))
        expect(startOf(unit, from).toISOString()).toBe(starts[0])
        expect(new Date(starts[0] ?? 0) <= from).toBe(true)
        expect(new Date(ends.at(-1) ?? 0) >= span.to).toBe(true)
      }
      expect(startsOf(unitFor(span), span).length).toBeLessThan(200)
    }),
    { numRuns: 50 },
  )
})

test('a week begins on Monday, and a month on its first day, in UTC', () => {
  const at = new Date('2026-11-30T23:59:59Z')
  expect(startOf('week', at).toISOString()).toBe('2026-11-30T00:00:00.000Z')
  expect(startOf('week', new Date('2026-11-29T23:59:59Z')).toISOString()).toMatch(/^2026-11-23T00/)
  expect(startOf('month', at).toISOString()).toMatch(/^2026-11-01T00/)
  expect(endOf('month', new Date('2026-12-01T00:00:00Z')).toISOString()).toMatch(/^2027-01-01T00/)
})

test('the largest series comes first and the rest of them last; a gap is no zero', () => {
  const at = (day: number) => new Date(Date.UTC(2026, 10, day))
  const counts = [
    { at: at(1), series: null, n: 90 },
    { at: at(1), series: 'small', n: 1 },
    { at: at(3), series: 'large', n: 5 },
  ]
  const { series } = layOut('day', { from: at(1), to: at(4) }, counts, (start) =>
    start.startsWith('2026-11-02'),
  )
  expect(series).toEqual([
    { id: 'large', counts: [0, null, 5] },
    { id: 'small', counts: [1, null, 0] },
    { id: null, counts: [90, null, 0] },
  ])
})
