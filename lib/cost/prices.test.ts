import { expect, test } from 'vitest'
import { monthlyCostOf } from './prices'

const at = new Date('2026-11-01')
const key = { keyManager: 'CUSTOMER', keyState: 'Enabled', rotationCount: 0, canRotate: true }

test.each([
  ['a key', {}, 1],
  ['rotated once', { rotationCount: 1 }, 2],
  ['rotated twice', { rotationCount: 2 }, 3],
  ['rotated often: the third costs nothing', { rotationCount: 9 }, 3],
  ['disabled', { keyState: 'Disabled' }, 1],
  ['pending deletion', { keyState: 'PendingDeletion', rotationCount: 5 }, 0],
  ['AWS managed', { keyManager: 'AWS', rotationCount: 7 }, 0],
  ['asymmetric', { canRotate: false, rotationCount: null }, 1],
  ['rotations unknown', { rotationCount: null }, null],
  ['manager unknown', { keyManager: null }, null],
  ['hidden', { keyState: null }, null],
])('%s', (_, change, cost) => {
  expect(monthlyCostOf({ ...key, ...change }, at)).toBe(cost)
})
