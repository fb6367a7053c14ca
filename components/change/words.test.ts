import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeStatuses } from '@/lib/changes/shapes'
import { countInForce, countStatuses, loudestOf, sayStatus, summarize } from './words'

describe('how a request stands, in words', () => {
  it.each([
    [{ open: 1 }, 'Waiting for approval'], [{ applied: 3 }, 'All 3: done'], [{ applied: 2, failed: 1 }, '2 of 3 done, 1 failed'], [{}, 'No change you may see'],
  ])('%j', (statuses, said) => expect(summarize(statuses)).toBe(said))

  it.each([
    [{ applied: 1 }, { active: 1, overdue: 0 }, 'Active until its end'],
    [{ applied: 3 }, { active: 2, overdue: 0 }, '2 of 3 active, 1 done'],
    [{ applied: 3 }, { active: 3, overdue: 0 }, 'All 3: active'],
    [{ applied: 3, failed: 1 }, { active: 1, overdue: 1 }, 'Past its end, still in force'],
  ])('%j, of them in force %j', (statuses, inForce, said) => expect(summarize(statuses, inForce)).toBe(said))

  it('never hides what went wrong, and counts every change', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...changeStatuses), { minLength: 1, maxLength: 12 }), (statuses) => {
      const counts = countStatuses(statuses.map((status) => ({ status })))
      const wrong = (['revertFailed', 'failed', 'drifted'] as const).some((status) => statuses.includes(status))
      expect(['revertFailed', 'failed', 'drifted'].includes(loudestOf(counts))).toBe(wrong)
      expect(statuses).toContain(loudestOf(counts))
      expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(statuses.length)
    }))
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
    [{ status: 'approved', startsAt: at(60), endsAt: null }, 'Approved, begins 2026-11-29 13:00:00 UTC'],
    [{ status: 'approved', startsAt: at(-1), endsAt: null }, 'Approved, about to be done'],
  ] as const)('%j', (change, said) => expect(sayStatus(change, now)).toBe(said))

  it('counts each change in force once', () => {
    const changes = ([-2, 60, null] as const).map((minutes) => (
      { status: 'applied' as const, endsAt: minutes === null ? null : at(minutes) }))
    expect(countInForce(changes, now)).toEqual({ active: 1, overdue: 1 })
  })
})
