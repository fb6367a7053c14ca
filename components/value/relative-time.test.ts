import { describe, expect, it } from 'vitest'
import { relativeTime } from './relative-time'

const now = Date.parse('2026-11-21T12:00:00Z')

describe('relative time', () => {
  it.each([
    ['2026-11-21T11:59:58Z', 'now'],
    ['2026-11-21T11:58:30Z', '90 seconds ago'],
    ['2026-11-20T06:00:00Z', '30 hours ago'],
    ['2026-11-24T12:00:00Z', 'in 3 days'],
    ['2025-10-21T12:00:00Z', '13 months ago'],
    ['2023-11-21T12:00:00Z', '3 years ago'],
  ])('%s is %s', (at, said) => {
    expect(relativeTime(at, now)).toBe(said)
  })
})
