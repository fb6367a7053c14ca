import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeStatuses } from '@/lib/change-status'
import { countInForce, countStatuses, loudestOf, sayStatus, summarize } from './words'

describe('how a request stands, in words', () => {
  it.each([
    [{ open: 1 }, 'Waiting for approval'],
    [{ applied: 3 }, 'All 3: done'],
    [{ applied: 2, failed: 1 }, '2 of 3 done, 1 failed'],
    [{}, 'No change you may see'],
  ])('%j', (statuses, said) => expect(summarize(statuses)).toBe(said))

  it.each([
    [{ applied: 1 }, { active: 1, overdue: 0, undoing: 0 }, 'Active until its end'],
    [{ applied: 3 }, { active: 2, overdue: 0, undoing: 0 }, '2 of 3 active, 1 done'],
    [{ applied: 3 }, { active: 3, overdue: 0, undoing: 0 }, 'All 3: active'],
    [{ applied: 1 }, { active: 0, overdue: 1, undoing: 0 }, 'Past its end, still in force'],
    [
      { applied: 3, failed: 1 },
      { active: 1, overdue: 1, undoing: 0 },
      '1 of 4 past its end, 1 active, 1 done, 1 failed',
    ],
    [
      { applied: 1, reverting: 2 },
      { active: 0, overdue: 2, undoing: 2 },
      '2 of 3 past their end, 1 done',
    ],
  ])('%j, of them in force %j', (statuses, inForce, said) =>
    expect(summarize(statuses, inForce)).toBe(said),
  )
})

describe('how a request stands, however its changes do', () => {
  it('never hides what went wrong, and counts every change', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...changeStatuses), { minLength: 1, maxLength: 12 }),
        (statuses) => {
          const counts = countStatuses(statuses.map((status) => ({ status })))
          const wrong = (['revertFailed', 'failed', 'drifted'] as const).some((status) =>
            statuses.includes(status),
          )
          expect(['revertFailed', 'failed', 'drifted'].includes(loudestOf(counts))).toBe(wrong)
          expect(statuses).toContain(loudestOf(counts))
          expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(statuses.length)
        },
      ),
    )
  })

  it('names what went wrong and what is past its end, and every number adds up, however changes end', () => {
    const now = Date.parse('2026-11-29T12:00:00Z')
    const ends = fc.constantFrom(null, '2026-11-29T11:00:00Z', '2026-11-29T13:00:00Z')
    const change = fc.record({ status: fc.constantFrom(...changeStatuses), endsAt: ends })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
        const inForce = countInForce(changes, now)
        const said = summarize(countStatuses(changes), inForce)
        const has = (status: string) => changes.some((one) => one.status === status)
        if (has('revertFailed')) expect(said).toMatch(/could not be undone/i)
        if (has('failed')) expect(said).toMatch(/failed/i)
        if (has('drifted')) expect(said).toMatch(/no longer as approved/)
        if (inForce.overdue > 0) expect(said).toMatch(/past (its|their) end/i)
        if (!/^\d/.test(said)) return
        const numbers = said.split(', ').map((part) => Number.parseInt(part, 10))
        expect(numbers.reduce((sum, count) => sum + count, 0)).toBe(changes.length)
        expect(Math.min(...numbers)).toBeGreaterThan(0)
      }),
    )
  })
})

describe('how a change stands by the clock', () => {
  const now = Date.parse('2026-11-29T12:00:00Z')
  const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString()
  it.each([
    [{ status: 'applied', startsAt: null, endsAt: null }, 'Done'],
    [{ status: 'applied', startsAt: null, endsAt: at(60) }, 'Active until 2026-11-29 13:00:00 UTC'],
    [{ status: 'applied', startsAt: null, endsAt: at(-2) }, 'Past its end, still in force'],
    [{ status: 'reverting', startsAt: null, endsAt: at(-2) }, 'Past its end, still in force'],
    [{ status: 'reverted', startsAt: null, endsAt: at(-2) }, 'Ended and undone'],
    [
      { status: 'approved', startsAt: at(60), endsAt: null },
      'Approved, begins 2026-11-29 13:00:00 UTC',
    ],
    [{ status: 'approved', startsAt: at(-1), endsAt: null }, 'Approved, about to be done'],
  ] as const)('%j', (change, said) => expect(sayStatus(change, now)).toBe(said))

  it('counts each change in force once', () => {
    const changes = ([-2, 60, null] as const).map((minutes) => ({
      status: 'applied' as const,
      endsAt: minutes === null ? null : at(minutes),
    }))
    expect(countInForce(changes, now)).toEqual({ active: 1, overdue: 1, undoing: 0 })
  })
})
