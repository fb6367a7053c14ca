import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cases } from './test/cases'
import { decide, evaluate, type Result } from './evaluate'
import { referenceAnswer } from './test/reference'

describe('a second way of computing the same', () => {
  test('agrees on thousands of random cases', () => {
    const seen = { allow: 0, deny: 0, explicit: 0, open: 0 }
    const said = (result: Result) =>
      result === 'unknown' || result === 'depends' ? 'open' : result
    fc.assert(
      fc.property(cases, (given) => {
        const wanted = referenceAnswer(given)
        const { result, explicitDeny, because } = evaluate(given)
        expect({ result: said(result), explicitDeny }).toEqual(wanted)
        expect(decide(given)).toEqual({ result, explicitDeny })
        expect(because.length).toBeGreaterThan(0)
        seen[wanted.explicitDeny ? 'explicit' : wanted.result] += 1
      }),
      { numRuns: Number(process.env.POLICY_RUNS ?? 3000) },
    )
    // A world in which nothing is ever allowed would prove nothing.
    expect(Math.min(seen.allow, seen.deny, seen.explicit)).toBeGreaterThan(100)
    expect(seen.open).toBeGreaterThan(30)
  }, 120_000)
})
