import { expect, test } from 'vitest'
import { daysWithoutUsage } from './key-facts'

test('days without use count from the last use, else from the later of creation and the start of tracking', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  const never = {
    lastUsedAt: null,
    usageTrackedSince: '2026-04-23T00:00:00Z',
    lastUseAt: '2026-11-20T00:00:00Z',
  }
  expect(
    daysWithoutUsage({ ...never, lastUsedAt: '2026-11-18T13:00:00Z', createdAt: null }, now),
  ).toBe(1)
  expect(daysWithoutUsage({ ...never, createdAt: '2026-11-10T12:00:00Z' }, now)).toBe(10)
  expect(daysWithoutUsage({ ...never, createdAt: '2020-01-01T00:00:00Z' }, now)).toBe(211)
  expect(daysWithoutUsage({ ...never, lastUseAt: null, createdAt: null }, now)).toBeUndefined()
})
