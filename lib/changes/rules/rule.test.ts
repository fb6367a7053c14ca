import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { roles as allRoles, type Role } from '../../auth/permissions'
import { describeDifferences } from './differences'
import { isOpen, nextOpening, type BusinessHours } from './hours'
import {
  defaultRules,
  judgeApprovals,
  resolveRule,
  risks,
  type About,
  type EffectiveRule,
  type Rule,
} from './rule'
import { approvalRulesSchema, effectiveRuleSchema } from './schema'

const kind = fc.constantFrom('grant-create', 'policy-put', 'key-disable')
const accountId = fc.constantFrom('111122223333', '444455556666')
const keyArn = fc.constantFrom(
  'arn:aws:kms:eu-west-1:111122223333:key/a',
  'arn:aws:kms:eu-west-1:111122223333:key/b',
)
const tag = fc.record({
  key: fc.constantFrom('env', 'owner'),
  value: fc.option(fc.constantFrom('prod', 'test'), { nil: undefined }),
})
const some = <T>(one: fc.Arbitrary<T>) =>
  fc.option(fc.array(one, { maxLength: 2 }), { nil: undefined })
const rule: fc.Arbitrary<Rule> = fc.record({
  name: fc.string({ minLength: 1 }),
  when: fc.record({
    kinds: some(kind),
    risks: some(fc.constantFrom(...risks)),
    accountIds: some(accountId),
    keyArns: some(keyArn),
    tags: some(tag),
  }),
  approvals: fc.integer({ min: 1, max: 5 }),
  roles: fc.subarray([...allRoles]),
  ownerMust: fc.boolean(),
  ticket: fc.boolean(),
  longestHours: fc.option(fc.integer({ min: 1, max: 5_000 })),
  businessHours: fc.boolean(),
  comment: fc.constantFrom('none' as const, 'reject', 'both'),
})
const about: fc.Arbitrary<About> = fc.record({
  kind,
  risk: fc.constantFrom(...risks),
  accountId: fc.option(accountId),
  keyArn: fc.option(keyArn),
  tags: fc.option(fc.dictionary(fc.constantFrom('env', 'owner'), fc.constantFrom('prod', 'test'))),
})
const resolve = (rules: Rule[], what: About) => resolveRule({ ...defaultRules, rules }, what)
const weight = { none: 0, reject: 1, both: 2 }

/** Whatever `loose` asks for, `strict` asks for too. */
function expectAtLeast(strict: EffectiveRule, loose: EffectiveRule) {
  expect(strict.approvals).toBeGreaterThanOrEqual(loose.approvals)
  for (const role of strict.roles ?? allRoles) expect(loose.roles ?? allRoles).toContain(role)
  for (const flag of ['ownerMust', 'ticket'] as const)
    if (loose[flag]) expect(strict[flag]).toBe(true)
  expect(strict.longestHours ?? Infinity).toBeLessThanOrEqual(loose.longestHours ?? Infinity)
  if (loose.businessHours) expect(strict.businessHours).toEqual(loose.businessHours)
  expect(weight[strict.comment]).toBeGreaterThanOrEqual(weight[loose.comment])
}

describe('rules that match together', () => {
  it('never ask for less with one rule more, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 5 }),
        rule,
        fc.nat(5),
        about,
        (rules, added, place, what) => {
          expectAtLeast(resolve(rules.toSpliced(place, 0, added), what), resolve(rules, what))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('ask for the same in any order', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), about, (rules, what) => {
        const [one, other] = [resolve(rules, what), resolve(rules.toReversed(), what)]
        expect({ ...other, names: other.names.toSorted() }).toEqual({
          ...one,
          names: one.names.toSorted(),
        })
      }),
    )
  })

  it('never ask for less of a key whose tags we could not read', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), about, (rules, what) => {
        expectAtLeast(resolve(rules, { ...what, tags: null }), resolve(rules, what))
      }),
      { numRuns: 1_000 },
    )
  })

  it('survive being stored', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), about, (rules, what) => {
        const resolved = resolve(rules, what)
        expect(effectiveRuleSchema.parse(JSON.parse(JSON.stringify(resolved)))).toEqual(resolved)
      }),
    )
  })

  it('by tag: the key, or the key with that value; a tag named like a member of every object is no match', () => {
    const [base] = defaultRules.rules
    if (!base) throw new Error('no default rule')
    const byTag = (key: string, value?: string): Rule => ({
      ...base,
      when: { tags: [{ key, value }] },
      ticket: true,
    })
    const asks = (one: Rule, tags: Record<string, string> | null) =>
      resolve([one], { kind: 'x', risk: 'low', accountId: null, keyArn: null, tags }).ticket
    expect([
      asks(byTag('env'), { env: 'test' }),
      asks(byTag('env', 'prod'), { env: 'test' }),
      asks(byTag('env', 'prod'), { env: 'prod' }),
      asks(byTag('env', 'prod'), null),
    ]).toEqual([true, false, true, true])
    expect(asks(byTag('constructor'), {})).toBe(false)
  })

  it('as we ship them are valid; one person is enough below critical, and two are needed for it', () => {
    expect(approvalRulesSchema.parse(defaultRules)).toEqual(defaultRules)
    const needs = risks.map((risk) =>
      resolveRule(defaultRules, {
        kind: 'policy-put',
        risk,
        accountId: null,
        keyArn: null,
        tags: {},
      }),
    )
    expect(needs.map(({ approvals }) => approvals)).toEqual([1, 1, 1, 2])
    expect(needs.map(({ comment }) => comment)).toEqual(['reject', 'reject', 'both', 'both'])
  })
})

describe('decisions', () => {
  const given = fc.record({
    decision: fc.constantFrom('approve', 'reject'),
    roles: fc.subarray([...allRoles]),
    asOwner: fc.boolean(),
  })
  const asked = fc.record({
    approvals: fc.integer({ min: 1, max: 3 }),
    roles: fc.option(fc.subarray<Role>(['approver', 'admin'])),
    ownerMust: fc.boolean(),
  })

  it('are enough only when every demand is met, and one rejection ends it', () => {
    fc.assert(
      fc.property(asked, fc.array(given, { maxLength: 5 }), (needed, decisions) => {
        const { state, missing } = judgeApprovals(needed, decisions)
        const wanted = needed.roles ?? allRoles
        const counting = decisions.filter(
          (d) => d.decision === 'approve' && d.roles.some((role) => wanted.includes(role)),
        )
        if (decisions.some((d) => d.decision === 'reject')) expect(state).toBe('rejected')
        else
          expect(state === 'enough').toBe(
            counting.length >= needed.approvals &&
              (!needed.ownerMust || counting.some((d) => d.asOwner)),
          )
        expect(missing.length > 0).toBe(state === 'more')
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('what changes from some rules to others', () => {
  const normal = (one: Rule) => ({
    ...one,
    when: Object.fromEntries(
      Object.entries(one.when).filter(([, listed]) => listed && listed.length > 0),
    ),
  })

  it('is said whenever they differ, and nothing is when only their order does', () => {
    const named = fc.uniqueArray(rule, { maxLength: 4, selector: ({ name }) => name })
    fc.assert(
      fc.property(named, named, (one, other) => {
        const [before, after] = [
          { ...defaultRules, rules: one },
          { ...defaultRules, rules: other },
        ]
        const same =
          one.length === other.length &&
          one.every((was) =>
            other.some((is) => JSON.stringify(normal(is)) === JSON.stringify(normal(was))),
          )
        if (!same) expect(describeDifferences(before, after)).not.toEqual([])
        expect(describeDifferences(before, { ...before, rules: one.toReversed() })).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('tells for every rule what it asks now and no longer does', () => {
    const [every, ...others] = defaultRules.rules
    if (!every) throw new Error('no default rule')
    const after = {
      ...defaultRules,
      answerHours: 24,
      rules: [{ ...every, approvals: 2, ticket: true }, ...others.slice(0, -1)],
    }
    expect(describeDifferences(defaultRules, after)).toEqual([
      'Unanswered requests expire after: 1 day (was 3 days)',
      'Rule “Critical” goes: about risk critical, 2 approvals, comment with every decision',
      'Rule “Every change”: now 2 approvals, a ticket; no longer 1 approval',
    ])
  })
})

describe('business hours', () => {
  const minute = 60_000
  const clock = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 59))
    .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)
  const hours: fc.Arbitrary<BusinessHours> = fc
    .record({
      timeZone: fc.constantFrom(
        'UTC',
        'Europe/Berlin',
        'America/New_York',
        'Australia/Lord_Howe',
        'Asia/Kathmandu',
        'America/St_Johns',
        'Pacific/Apia',
      ),
      days: fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
      from: clock,
      to: clock,
    })
    .filter(({ from, to }) => from < to)
  /** About every week in which some of these zones set their clocks. */
  const instant = fc
    .constantFrom(
      '2026-03-08',
      '2026-03-29',
      '2026-04-05',
      '2026-10-04',
      '2026-10-25',
      '2026-11-01',
      '2011-12-29',
    )
    .chain((day) =>
      fc
        .integer({ min: -3 * 1440, max: 3 * 1440 })
        .map((minutes) => new Date(Date.parse(day) + minutes * minute)),
    )

  it('open next at the first open minute, whatever the clock on the wall does', () => {
    fc.assert(
      fc.property(hours, instant, (when, now) => {
        const next = nextOpening(when, now)
        expect(isOpen(when, next)).toBe(true)
        let naive = now.getTime() // every clock here is set at a full minute
        while (naive < next.getTime() && !isOpen(when, new Date(naive))) naive += minute
        expect(new Date(naive).toISOString()).toBe(next.toISOString())
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  it('are those of the wall clock there: an hour earlier in UTC in summer', () => {
    const berlin: BusinessHours = {
      timeZone: 'Europe/Berlin',
      days: [1, 2, 3, 4, 5],
      from: '09:00',
      to: '17:00',
    }
    const next = (now: string) => nextOpening(berlin, new Date(now)).toISOString()
    expect(next('2026-03-27T17:00:00Z')).toBe('2026-03-30T07:00:00.000Z')
    expect(next('2026-10-23T15:00:00Z')).toBe('2026-10-26T08:00:00.000Z')
    expect(next('2026-10-26T08:00:30.500Z')).toBe('2026-10-26T08:00:30.500Z')
    expect(next('2026-10-26T16:00:00Z')).toBe('2026-10-27T08:00:00.000Z')
  })

  it('that the clock skips altogether open the next time they are there', () => {
    const skipped: BusinessHours = {
      timeZone: 'Europe/Berlin',
      days: [7],
      from: '02:15',
      to: '02:45',
    }
    expect(nextOpening(skipped, new Date('2026-03-28T00:00:00Z')).toISOString()).toBe(
      '2026-04-05T00:15:00.000Z',
    )
  })
})
