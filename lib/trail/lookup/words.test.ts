import { expect, test } from 'vitest'
import { progressOf, stateOf, unseenOf, wordsOfProblem, type LookupFacts } from './words'

const day = 86_400
const nowMs = Date.UTC(2026, 10, 30, 12)
const ago = (minutes: number) => new Date(nowMs - minutes * 60_000)
const through: LookupFacts = {
  problem: null,
  hasBegun: true,
  changesUntil: ago(21),
  polledAt: ago(1),
  changesLeft: 0,
  changesWanted: 90 * day,
  eventsLeft: 0,
  eventsWanted: 90 * day,
  namesDone: null,
  speed: null,
  rate: null,
}

test('a place is told by what it lacks: nothing, the past, the newest, all of its polls', () => {
  const problem = { kind: 'denied', code: 'X', message: 'y', api: 'z', at: '' }
  const states: [Partial<LookupFacts>, string][] = [
    [{}, 'upToDate'],
    [{ hasBegun: false, changesUntil: null, polledAt: null }, 'reading'],
    [{ changesLeft: 3 * day }, 'reading'],
    [{ eventsLeft: 3 * day }, 'reading'],
    [{ changesUntil: ago(90) }, 'behind'],
    [{ polledAt: ago(31) }, 'silent'],
    [{ problem }, 'problem'],
  ]
  for (const [facts, state] of states) expect(stateOf({ ...through, ...facts }, nowMs)).toBe(state)
})

test('progress says how much is here and when the rest will be, or that it never will', () => {
  expect(progressOf(through, 43)).toBe('All of 90 days')
  const half = { ...through, eventsLeft: 45 * day, speed: 46, rate: 1_234.5 }
  expect(progressOf(half, 43)).toBe(
    'Changes: all of 90 days, all events: 45 of 90 days, through in about 24 hours, ' +
      '1,235 events a minute',
  )
  expect(unseenOf(half)).toEqual([])
  expect(unseenOf(half, 2)[0]).toMatch(/^A change of 2 keys: a sync of all keys found it/)
  const busy = { ...half, eventsLeft: 88 * day, speed: 0.7 }
  expect(progressOf({ ...busy, namesDone: 12 }, 43)).toContain(
    'Changes: 12 of 43 operations, all events: 2 of 90 days, no end in sight',
  )
  expect(unseenOf(busy)[0]).toMatch(/2 % of the time is here. Read the log files of a trail/)
})

test.each([
  ['sts:AssumeRole', 'denied', 'AccessDenied', 'trust policy and ExternalId'],
  ['cloudtrail:LookupEvents', 'denied', 'AccessDeniedException', 'Deploy the read role anew'],
  [
    'cloudtrail:LookupEvents',
    'denied',
    'UnrecognizedClientException',
    'Region is probably disabled',
  ],
  ['cloudtrail:LookupEvents', 'throttled', 'ThrottlingException', 'two LookupEvents a second'],
  ['cloudtrail:LookupEvents', 'unsupported', 'NotImplemented', 'no CloudTrail; read the log files'],
  ['cloudtrail:LookupEvents', 'unavailable', 'ECONNREFUSED', 'tried again by itself'],
  ['cloudtrail:LookupEvents', 'unexpected', 'Odd', 'tried again by itself'],
])('%s that is %s (%s) is said with what to do', (api, kind, code, words) => {
  const text = wordsOfProblem({ api, kind, code, message: 'as AWS says it' }, 'eu-west-1')
  expect(text).toContain(words)
  expect(text).toContain(`${code}: as AWS says it`)
})
