import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeStatuses } from '@/lib/changes/shapes'
import { countStatuses, loudestOf, summarize } from './words'

describe('how a request stands, in words', () => {
  it.each([
    [{ open: 1 }, 'Waiting for approval'], [{ applied: 3 }, 'All 3: done'], [{ applied: 2, failed: 1 }, '2 of 3 done, 1 failed'], [{}, 'No change you may see'],
  ])('%j', (statuses, said) => expect(summarize(statuses)).toBe(said))

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
