import { expect, it } from 'vitest'
import type { ChangeStatus } from '@/lib/change-status'
import { sayAsked, wantsReader } from './say-asked'

const plain = {
  decide: { may: false, why: 'No role.' } as const,
  unanswerable: null,
  unmet: null,
  wouldFail: null,
  refused: null,
  conflicting: 0,
  endsAt: null,
}
const change = (status: ChangeStatus, more: object = {}) => ({ ...plain, status, ...more })
const may = { decide: { may: true, delegateOf: null, asOwner: false } }
const now = Date.parse('2026-11-30T12:00:00Z')

it('says what is wanted of the reader, and what stands in the way', () => {
  expect(sayAsked(change('open', may))).toBe('Needs your decision')
  expect(sayAsked(change('open', { ...may, refused: 'The policy.', conflicting: 2 }))).toBe(
    'Needs your decision · AWS would refuse it · 2 conflicting',
  )
  expect(sayAsked(change('open'))).toBe('Waits for others')
  expect(sayAsked(change('draft', { unmet: 'A ticket.' }))).toBe('Cannot be sent')
  expect(sayAsked(change('applied', { wouldFail: 'Before it was done.' }))).toBe('')
})

it('puts what waits for a decision or went wrong first', () => {
  const first = [
    change('open', may),
    change('draft', { wouldFail: 'AccessDenied' }),
    change('failed'),
    change('drifted'),
    change('revertFailed'),
    change('applied', { endsAt: '2026-11-30T11:00:00Z' }),
  ]
  const later = [
    change('open'),
    change('draft'),
    change('applied', { wouldFail: 'AccessDenied', endsAt: '2026-12-30T11:00:00Z' }),
    change('rejected'),
  ]
  expect(first.filter((one) => !wantsReader(one, now))).toEqual([])
  expect(later.filter((one) => wantsReader(one, now))).toEqual([])
})
