import { expect, test } from 'vitest'
import { Tally } from './tally'

const api = 'kms:ListGrants'
const deny = (tally: Tally, times: number, wide: boolean) => {
  for (let i = 0; i < times; i++) tally.note(api, 'denied', 'AccessDeniedException: no', wide)
}

test('an API that the role lacks is given up after a few refusals', () => {
  const tally = new Tally()
  deny(tally, 2, true)
  expect(tally.whyAllFailed(api)).toBeNull()
  deny(tally, 1, true)
  expect(tally.whyAllFailed(api)).toMatchObject({ kind: 'denied' })
  expect(tally.statusOf(api)).toBe('denied')
})

test('keys that hide do not make all calls of an API failed while one key answers', () => {
  const tally = new Tally()
  tally.note(api, 'ok', '', false)
  deny(tally, 500, false)
  expect(tally.whyAllFailed(api)).toBeNull()
  expect(tally.statusOf(api)).toBe('partial')
})

test('an API that was denied or failed for a part only is partial, never ok', () => {
  const tally = new Tally()
  tally.note(api, 'ok', '', false)
  expect(tally.statusOf(api)).toBe('ok')
  deny(tally, 1, false)
  expect(tally.statusOf(api)).toBe('partial')
  tally.note('kms:ListKeys', 'ok', '', false)
  tally.giveUp('kms:ListKeys', 'InternalFailure: the second page', tally.answersOf('kms:ListKeys'))
  expect(tally.statusOf('kms:ListKeys')).toBe('partial')
})

test('an API is broken once a call was given up while nobody got an answer, until one comes', () => {
  const tally = new Tally()
  const before = tally.answersOf(api)
  tally.note(api, 'ok', '', false)
  tally.giveUp(api, 'InternalFailure: one key', before)
  expect(tally.whyAllFailed(api)).toBeNull()
  tally.note(api, 'unavailable', 'InternalFailure: all', false)
  tally.giveUp(api, 'InternalFailure: all', tally.answersOf(api))
  expect(tally.whyAllFailed(api)).toEqual({ kind: 'unavailable', detail: 'InternalFailure: all' })
  tally.note(api, 'ok', '', false)
  expect(tally.whyAllFailed(api)).toBeNull()
})

test('a throttled call that was given up breaks nothing', () => {
  const tally = new Tally()
  tally.note(api, 'throttled', 'ThrottlingException: slow', false)
  tally.giveUp(api, 'ThrottlingException: slow')
  expect(tally.isBroken(api)).toBe(false)
})

test('what was refused last time needs one refusal only', () => {
  const tally = new Tally(new Set([api]))
  expect(tally.isIncomplete(api)).toBe(true)
  deny(tally, 1, true)
  expect(tally.whyAllFailed(api)).not.toBeNull()
})

test('what failed last time is asked by one call for all, until it answers at all', () => {
  const tally = new Tally(new Set([api]))
  expect(tally.isIncomplete(api)).toBe(true)
  tally.note(api, 'unavailable', 'InternalFailure: still', false)
  expect(tally.isIncomplete(api)).toBe(true)
  tally.note(api, 'unexpected', 'OddException: about one key', false)
  expect(tally.isIncomplete(api)).toBe(false)
})

test("an operation the endpoint lacks is unsupported at once; one that a key's type refuses is not", () => {
  const tally = new Tally()
  tally.note(api, 'unsupported', 'UnknownOperationException: UnknownError', false)
  expect(tally.whyAllFailed(api)).toMatchObject({ kind: 'unsupported' })
  tally.note(
    'kms:GetKeyRotationStatus',
    'unsupported',
    'UnsupportedOperationException: not for this key',
    false,
  )
  expect(tally.whyAllFailed('kms:GetKeyRotationStatus')).toBeNull()
  expect(tally.statusOf('kms:GetKeyRotationStatus')).toBe('ok')
})

test('throttled and answered later is ok, with the throttles counted; given up is failed', () => {
  const tally = new Tally()
  tally.note(api, 'throttled', 'ThrottlingException: slow', false)
  expect(tally.statusOf(api)).toBe('throttled')
  tally.note(api, 'ok', '', false)
  expect([tally.statusOf(api), tally.calls, tally.throttled]).toEqual(['ok', 2, 1])
  tally.giveUp('kms:ListKeys', 'ThrottlingException: slow')
  expect([tally.statusOf('kms:ListKeys'), tally.failed]).toEqual(['failed', 1])
})
