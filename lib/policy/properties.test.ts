import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { campaignSeed, roundsOf } from '../launch/campaign'
import { cases, contextValues, openKeys, statements } from './test/cases'
import { decide, evaluate } from './evaluate'
import type { RawCase, RawPolicy } from './test/reference'

const runs = { numRuns: roundsOf(300, 800), seed: campaignSeed() }
/** deny < unknown or depends < allow. */
const rank = { deny: 0, unknown: 1, depends: 1, allow: 2 }

const lists = [
  'identityPolicies',
  'permissionBoundaries',
  'sessionPolicies',
  'vpcEndpointPolicies',
] as const

/** The case with one policy changed: the key policy or one of a list. */
function changePolicy(
  given: RawCase,
  pick: number,
  change: (policy: RawPolicy) => RawPolicy,
): RawCase {
  const places: (() => RawCase)[] = []
  if (given.keyPolicy) {
    const { keyPolicy } = given
    places.push(() => ({ ...given, keyPolicy: change(keyPolicy) }))
  }
  for (const name of lists) {
    for (const index of given[name]?.keys() ?? []) {
      places.push(() => ({
        ...given,
        [name]: given[name]?.map((policy, at) => (at === index ? change(policy) : policy)),
      }))
    }
  }
  return places[pick % Math.max(places.length, 1)]?.() ?? given
}

const maybeOpen = fc
  .tuple(cases, fc.boolean())
  .map(([given, contextComplete]) => ({ ...given, contextComplete }))

describe('what holds of every case', () => {
  test('a Deny never widens access', () => {
    fc.assert(
      fc.property(
        maybeOpen,
        fc.nat(),
        statements('anyone', ['Deny']),
        (given, pick, { Principal, NotPrincipal, ...deny }) => {
          const more = changePolicy(given, pick, (policy) => ({
            ...policy,
            Statement: [
              ...policy.Statement,
              policy === given.keyPolicy ? { Principal, NotPrincipal, ...deny } : deny,
            ],
          }))
          expect(
            rank[decide({ ...more, contextComplete: given.contextComplete }).result],
          ).toBeLessThanOrEqual(rank[decide(given).result])
        },
      ),
      runs,
    )
  })

  test('adding an Allow never removes access', () => {
    fc.assert(
      fc.property(
        maybeOpen,
        fc.nat(),
        statements('anyone', ['Allow']),
        (given, pick, { Principal, NotPrincipal, ...allow }) => {
          const more = changePolicy(given, pick, (policy) => ({
            ...policy,
            Statement: [
              ...policy.Statement,
              policy === given.keyPolicy ? { Principal, NotPrincipal, ...allow } : allow,
            ],
          }))
          expect(
            rank[decide({ ...more, contextComplete: given.contextComplete }).result],
          ).toBeGreaterThanOrEqual(rank[decide(given).result])
        },
      ),
      runs,
    )
  })

  test('the order of statements, policies and grants never matters', () => {
    fc.assert(
      fc.property(maybeOpen, (given) => {
        const turn = (policy: RawPolicy): RawPolicy => ({
          ...policy,
          Statement: policy.Statement.toReversed(),
        })
        const turned = {
          ...given,
          keyPolicy: given.keyPolicy && turn(given.keyPolicy),
          identityPolicies: given.identityPolicies?.map(turn).toReversed(),
          permissionBoundaries: given.permissionBoundaries?.map(turn).toReversed(),
          sessionPolicies: given.sessionPolicies?.map(turn).toReversed(),
          serviceControlPolicies: given.serviceControlPolicies
            ?.map((level) => level.map(turn).toReversed())
            .toReversed(),
          resourceControlPolicies: given.resourceControlPolicies
            ?.map((level) => level.map(turn).toReversed())
            .toReversed(),
          vpcEndpointPolicies: given.vpcEndpointPolicies?.map(turn).toReversed(),
          grants: given.grants?.toReversed(),
        }
        expect(decide(turned)).toEqual(decide(given))
      }),
      runs,
    )
  })

  test('names of keys and actions do not distinguish case', () => {
    fc.assert(
      fc.property(maybeOpen, (given) => {
        const { request } = given
        const context = Object.fromEntries(
          Object.entries(request.context).map(([name, value]) => [name.toUpperCase(), value]),
        )
        expect(
          decide({
            ...given,
            request: { ...request, action: request.action.toUpperCase(), context },
          }),
        ).toEqual(decide(given))
      }),
      runs,
    )
  })

  test('the path agrees with the answer', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { result, explicitDeny, because } = evaluate(given)
        const effects = because.map(({ effect }) => effect)
        expect(because.length).toBeGreaterThan(0)
        if (explicitDeny) expect(effects).toEqual(effects.map(() => 'Deny'))
        if (result === 'allow') expect(new Set(effects)).toEqual(new Set(['Allow']))
        // Without what is said to allow, it is no longer allowed.
        if (result === 'allow')
          expect(decide({ ...given, ...without(given, because) }).result).not.toBe('allow')
      }),
      runs,
    )
  })
})

function without(
  given: RawCase,
  because: ReturnType<typeof evaluate>['because'],
): Partial<RawCase> {
  const said = (source: string, index: number, at: number): boolean =>
    because.some(
      (one) => one.source === source && one.index === index && one.path === `Statement[${at}]`,
    )
  const strip = (policy: RawPolicy, source: string, index: number): RawPolicy => ({
    ...policy,
    Statement: policy.Statement.filter((_, at) => !said(source, index, at)),
  })
  return {
    keyPolicy: given.keyPolicy && strip(given.keyPolicy, 'keyPolicy', 0),
    identityPolicies: given.identityPolicies?.map((policy, index) =>
      strip(policy, 'identityPolicies', index),
    ),
    grants: given.grants?.filter(
      (_, index) => !because.some((one) => one.source === 'grants' && one.index === index),
    ),
  }
}

describe('a context of which not everything is known', () => {
  test('allow and deny stand whatever else is in the request', () => {
    const values = fc.constantFrom(undefined, 'zzz', '12', ...contextValues)
    const seen = { depends: 0, allow: 0, deny: 0, unknown: 0 }
    fc.assert(
      fc.property(
        cases,
        fc.array(fc.tuple(...openKeys.map(() => values)), { minLength: 6, maxLength: 6 }),
        (given, completions) => {
          const { result } = decide({ ...given, contextComplete: false })
          seen[result] += 1
          const mentioned = new Set(Object.keys(given.request.context))
          for (const completion of completions) {
            const rest = openKeys.flatMap((name, at): [string, string][] =>
              completion[at] === undefined || mentioned.has(name) ? [] : [[name, completion[at]]],
            )
            const answer = decide({
              ...given,
              request: {
                ...given.request,
                context: { ...given.request.context, ...Object.fromEntries(rest) },
              },
            }).result
            if (result === 'allow' || result === 'deny') expect(answer).toBe(result)
          }
        },
      ),
      runs,
    )
    // What AWS leaves open is rare: most answers are certain.
    expect(seen.unknown).toBeLessThan(runs.numRuns / 5)
    expect(seen.depends).toBeGreaterThan(0)
  })

  test('a depends names what decides it', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { result, because } = evaluate({ ...given, contextComplete: false })
        if (result !== 'depends') return
        expect(because.every(({ path }) => path !== '')).toBe(true)
        for (const { text } of because)
          expect(text).toMatch(/the request does not (?:say|mention)|is not said|session/)
      }),
      runs,
    )
  })
})

describe('inputs that are not known', () => {
  const all: RawPolicy = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
  const none: RawPolicy = { Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] }
  const anyone = (policy: RawPolicy): RawPolicy => ({
    Statement: policy.Statement.map((one) => ({ ...one, Principal: '*' as const })),
  })
  const everything = (grantee: string) => [
    {
      GranteePrincipal: grantee,
      Operations: ['Decrypt', 'Encrypt', 'DescribeKey', 'CreateGrant', ...contextValues],
    },
  ]

  test.each([
    'keyPolicy',
    'identityPolicies',
    'sessionPolicies',
    'serviceControlPolicies',
    'resourceControlPolicies',
    'vpcEndpointPolicies',
    'grants',
  ] as const)('%s: unknown exactly where it matters', (name) => {
    fc.assert(
      fc.property(cases, (given) => {
        const fills: Record<typeof name, unknown[]> = {
          keyPolicy: [undefined, anyone(all), anyone(none)],
          identityPolicies: [[], [all], [none]],
          sessionPolicies: [[], [all], [none]],
          serviceControlPolicies: [[], [[all]], [[none]]],
          resourceControlPolicies: [[], [[anyone(all)]], [[anyone(none)]]],
          vpcEndpointPolicies: [[], [anyone(all)], [anyone(none)]],
          grants: [[], everything(given.request.principal)],
        }
        const answers = new Set(
          fills[name].map((fill) => decide({ ...given, [name]: fill }).result),
        )
        const { result } = decide({ ...given, [name]: null })
        // What AWS's documents leave open is unknown with every input.
        if (result === 'unknown') expect(answers.size > 1 || answers.has('unknown')).toBe(true)
        else expect(answers).toEqual(new Set([result]))
      }),
      { numRuns: roundsOf(150, 400), seed: campaignSeed() },
    )
  })
})
