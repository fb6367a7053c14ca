import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conditionsHold } from './conditions'
import { readPolicy } from './policy'

/** Whether a Condition block holds for what the request carries. */
function holds(
  condition: object,
  context: Record<string, string | string[]>,
  version = '2012-10-17',
): boolean {
  const policy = readPolicy(
    JSON.stringify({
      Version: version,
      Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition: condition },
    }),
  )
  const known = new Map(
    Object.entries(context).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value : [value],
    ]),
  )
  return conditionsHold(
    policy?.statements[0]?.conditions ?? [],
    (name) => known.get(name),
    policy?.variables ?? false,
  )
}

describe('operators', () => {
  const cases: [operator: string, have: string, want: string | string[], expected: boolean][] = [
    ['StringEquals', 'a', ['b', 'a'], true],
    ['StringEquals', 'A', 'a', false],
    ['StringEquals', 'ab', 'a*', false],
    ['StringEqualsIgnoreCase', 'A', 'a', true],
    ['StringNotEquals', 'a', ['b', 'a'], false],
    ['StringNotEquals', 'c', ['b', 'a'], true],
    ['StringLike', 's3.eu-west-1.amazonaws.com', 's3.*.amazonaws.com', true],
    ['StringLike', 'ab', 'a?', true],
    ['StringLike', 'abc', 'a?', false],
    ['StringLike', 'a.c', 'a.c', true],
    ['StringLike', 'abc', 'a.c', false],
    ['StringNotLike', 'abc', 'a*', false],
    ['NumericLessThanEquals', '90', '90', true],
    ['NumericLessThan', '90', '90', false],
    ['NumericGreaterThan', '91', '90', true],
    ['NumericEquals', '90.0', '90', true],
    ['NumericEquals', 'x', 'x', false],
    ['NumericNotEquals', '1', '2', true],
    ['DateGreaterThan', '2026-11-02T00:00:00Z', '2026-11-01T00:00:00Z', true],
    ['DateLessThan', '1000', '1970-01-01T00:30:00Z', true],
    ['Bool', 'true', 'True', true],
    ['Bool', 'false', 'true', false],
    ['IpAddress', '192.0.2.7', ['198.51.100.0/24', '192.0.2.0/24'], true],
    ['IpAddress', '192.0.3.7', '192.0.2.0/24', false],
    ['IpAddress', '2001:db8::1', '2001:db8::/32', true],
    ['NotIpAddress', '192.0.2.7', '192.0.2.7', false],
    ['ArnLike', 'arn:aws:iam::1:role/a/b', 'arn:aws:iam::*:role/a/*', true],
    ['ArnLike', 'arn:aws:iam::1:role/a', 'arn:*', false],
    ['ArnEquals', 'arn:aws:iam::1:role/a', 'arn:aws:iam::1:role/*', true],
    ['ArnNotLike', 'arn:aws:iam::1:role/a', 'arn:aws:iam::2:*', true],
    ['StringFancy', 'a', 'a', false],
  ]
  it.each(cases)('%s: %s against %j is %s', (operator, have, want, expected) => {
    expect(holds({ [operator]: { 'kms:Key': want } }, { 'KMS:key': have })).toBe(expected)
  })

  it('without the key: only negations, IfExists, Null and ForAllValues hold', () => {
    const absent = (operator: string, want: string) => holds({ [operator]: { x: want } }, {})
    expect(absent('StringEquals', 'a')).toBe(false)
    expect(absent('StringNotEquals', 'a')).toBe(true)
    expect(absent('StringEqualsIfExists', 'a')).toBe(true)
    expect([absent('Null', 'true'), absent('Null', 'false')]).toEqual([true, false])
    expect([
      absent('ForAllValues:StringEquals', 'a'),
      absent('ForAnyValue:StringEquals', 'a'),
    ]).toEqual([true, false])
    expect(absent('ForAnyValue:StringNotEquals', 'a')).toBe(false)
    expect(absent('Bool', 'false')).toBe(false)
  })
})

describe('sets', () => {
  const values = fc.array(fc.constantFrom('Decrypt', 'Encrypt', 'Sign'), {
    minLength: 1,
    maxLength: 3,
  })
  it('ForAllValues is every, ForAnyValue is some, and each negation looks at each value', () => {
    fc.assert(
      fc.property(values, values, (have, want) => {
        const set = (qualifier: string) =>
          holds(
            { [`${qualifier}`]: { 'kms:GrantOperations': want } },
            { 'kms:GrantOperations': have },
          )
        expect(set('ForAllValues:StringEquals')).toBe(have.every((value) => want.includes(value)))
        expect(set('ForAnyValue:StringEquals')).toBe(have.some((value) => want.includes(value)))
        expect(set('ForAllValues:StringNotEquals')).toBe(
          have.every((value) => !want.includes(value)),
        )
        expect(set('ForAnyValue:StringNotEquals')).toBe(have.some((value) => !want.includes(value)))
      }),
    )
  })
})

describe('policy variables', () => {
  const like = (want: string, context: Record<string, string>, version?: string) =>
    holds({ StringLike: { have: want } }, context, version)
  it('are filled from the request, with a fallback, and match nothing when absent', () => {
    expect(
      like('team-${aws:PrincipalTag/team}', { have: 'team-blue', 'aws:PrincipalTag/team': 'blue' }),
    ).toBe(true)
    expect(like('team-${aws:PrincipalTag/team}', { have: 'team-blue' })).toBe(false)
    expect(like("team-${aws:PrincipalTag/team, 'none'}", { have: 'team-none' })).toBe(true)
    expect(like('a${*}b', { have: 'axb' })).toBe(false)
    expect(like('a${*}b', { have: 'a*b' })).toBe(true)
    // A value with a star is a star, not a wildcard: else a tag would open what it should guard.
    expect(
      like('team-${aws:PrincipalTag/team}', { have: 'team-blue', 'aws:PrincipalTag/team': '*' }),
    ).toBe(false)
  })
  it('are text in the old policy version', () => {
    expect(
      like('${aws:username}', { have: '${aws:username}', 'aws:username': 'ann' }, '2008-10-17'),
    ).toBe(true)
  })
})
