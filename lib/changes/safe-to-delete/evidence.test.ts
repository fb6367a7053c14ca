import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DeletionFacts } from './deletion-facts'
import { stoppedSince } from './deletion-facts'
import { listEvidence, verdictOf } from './evidence'
import { listSteps, watchDays } from './steps'
import { factsOf } from './test/facts'

const now = '2026-11-30T12:00:00.000Z'
const ago = (days: number) => new Date(Date.parse(now) - days * 86_400_000).toISOString()

/** Facts of a key that nothing is known to use, and of which all was read. */
const quiet = factsOf(now)

test('of a key that all was read of, nothing seen is said, with what nobody can see', () => {
  const verdict = verdictOf(listEvidence(quiet))
  expect(verdict).toMatchObject({ kind: 'nothingSeen', header: 'Nothing seen, with unknowns' })
  expect(verdict.unknown).toEqual(['Resources', 'IAM policies that name it'])
})

type Unread = readonly [label: string, facts: DeletionFacts]
const unread: readonly Unread[] = [
  [
    'Last use (GetKeyLastUsage)',
    { ...quiet, key: { ...quiet.key, lastUseAt: null, usageTrackedSince: null } },
  ],
  ['Grants', { ...quiet, key: { ...quiet.key, grantCount: null } }],
  ['Aliases', { ...quiet, key: { ...quiet.key, aliasesAt: null } }],
  ['Multi-Region', { ...quiet, key: { ...quiet.key, scope: null } }],
  ['Key material', { ...quiet, key: { ...quiet.key, origin: null } }],
  ['Access of other accounts', { ...quiet, external: null }],
  ['Access of other accounts', { ...quiet, external: { principals: 0, isIncomplete: true } }],
  ['IAM policies that name it', { ...quiet, iam: null }],
  ['Uses in CloudTrail', { ...quiet, window: { ...quiet.window, wholeHours: 0, gapCount: 1 } }],
  [
    'Callers of other accounts',
    { ...quiet, window: { ...quiet.window, wholeHours: 0, gapCount: 1 } },
  ],
]

test('what could not be read is unknown, never nothing', () => {
  for (const [label, facts] of unread) {
    const evidence = listEvidence(facts)
    expect(evidence.find((one) => one.label === label)?.state, label).toBe('unknown')
    expect(verdictOf(evidence).unknown, label).toContain(label)
  }
})

test('whatever is unknown, a use that was seen is in use, and no verdict says safe', () => {
  const lastAt = fc.option(fc.integer({ min: 0, max: 800 }).map(ago), { nil: null })
  fc.assert(
    fc.property(
      lastAt,
      lastAt,
      lastAt,
      fc.nat(3),
      fc.boolean(),
      (aws, trail, foreign, grants, gap) => {
        const callers = (at: string | null) => ({ principals: 1, events: 2, lastAt: at })
        const evidence = listEvidence({
          ...quiet,
          key: { ...quiet.key, lastUsedAt: aws, grantCount: grants },
          seen: {
            ...quiet.seen,
            uses: callers(trail),
            foreignUses: { ...callers(foreign), accounts: ['444455556666'] },
          },
          window: { ...quiet.window, gapCount: gap ? 2 : 0 },
        })
        const verdict = verdictOf(evidence)
        const times = [aws, trail, foreign].filter((at) => at !== null)
        const isRecent = times.some((at) => at > ago(90))
        expect(verdict.kind).toBe(
          isRecent ? 'inUse' : times.length > 0 || grants > 0 ? 'depends' : 'nothingSeen',
        )
        if (gap) expect(verdict.unknown).toContain('Uses in CloudTrail')
        expect(JSON.stringify(verdict)).not.toMatch(/\bsafe\b/i)
      },
    ),
  )
})

test('a key stopped when it was first disabled after it was last enabled', () => {
  const at = (operation: string, days: number) => ({ operation, at: ago(days) })
  const off = { keyState: 'Disabled' }
  const calls = [
    at('CancelKeyDeletion', 2),
    at('ScheduleKeyDeletion', 4),
    at('DisableKey', 20),
    at('EnableKey', 30),
    at('DisableKey', 90),
  ]
  expect(stoppedSince(off, calls, null)).toBe(ago(20))
  expect(stoppedSince(off, calls, ago(25))).toBe(ago(25))
  expect(stoppedSince(off, calls, ago(60)), 'it was enabled since').toBe(ago(20))
  expect(stoppedSince(off, [], null)).toBeNull()
  expect(stoppedSince({ keyState: 'Enabled' }, calls, ago(60))).toBeNull()
})

test('a plan says what is done: disabled, watched whole, refused, scheduled', () => {
  const states = (facts: DeletionFacts) => listSteps(facts).map(({ state }) => state)
  expect(states(quiet)).toEqual(['now', 'later', 'later', 'later'])
  const off = { ...quiet, key: { ...quiet.key, keyState: 'Disabled' } }
  const none = { principals: 0, events: 0, lastAt: null, most: [] }
  expect(states(off)).toEqual(['done', 'now', 'later', 'later'])
  const early = { ...off, stoppedAt: ago(3), refusals: none }
  expect(states(early)).toEqual(['done', 'now', 'later', 'later'])
  const late = { ...off, stoppedAt: ago(watchDays), refusals: none }
  expect(states(late)).toEqual(['done', 'done', 'now', 'later'])
  const refused = { ...late, refusals: { ...none, principals: 1, events: 3, lastAt: ago(1) } }
  expect(states(refused)).toEqual(['done', 'warning', 'later', 'later'])
  const pending = {
    ...late,
    key: { ...quiet.key, keyState: 'PendingDeletion', deletionAt: ago(-20) },
  }
  expect(states(pending)).toEqual(['done', 'done', 'done', 'now'])
})

test('days that were not read do not count as watched', () => {
  const facts = {
    ...quiet,
    key: { ...quiet.key, keyState: 'Disabled' },
    stoppedAt: ago(watchDays),
    refusals: { principals: 0, events: 0, lastAt: null, most: [] },
    watched: { ...quiet.window, gapCount: 1, wholeHours: quiet.window.hours - 5 },
  }
  expect(listSteps(facts).map(({ state }) => state)).toEqual(['done', 'now', 'later', 'later'])
})
