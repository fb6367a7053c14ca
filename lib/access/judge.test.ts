import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Grant } from '../policy/grants'
import { abilities } from './abilities'
import { factsOfPrincipal, type Sources } from './gather'
import { gatherIam } from './iam-facts'
import { explainAction, judgeAbility, judgeAction, type Cell } from './judge'
import { account, details, keyOf, role, sources } from './test/sources'

const statement = fc.record({
  Effect: fc.constantFrom('Allow', 'Deny'),
  Principal: fc.constantFrom(
    '*',
    { AWS: role('a') },
    { AWS: `arn:aws:iam::${account}:root` },
    { AWS: role('b', '444455556666') },
    { AWS: 'arn:aws:iam::444455556666:root' },
  ),
  Action: fc.constantFrom('kms:*', 'kms:Decrypt', ['kms:Put*', 'kms:Encrypt']),
  Resource: fc.constant('*'),
  Condition: fc.constantFrom(
    {},
    { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
    { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
  ),
})

const grant: fc.Arbitrary<Grant> = fc.record({
  GrantId: fc.string({ minLength: 1 }),
  GranteePrincipal: fc.constantFrom(role('a'), role('b', '444455556666')),
  Operations: fc.subarray(['Decrypt', 'Encrypt', 'CreateGrant']),
})

const principals = [
  role('a'),
  role('b', '444455556666'),
  `arn:aws:iam::${account}:root`,
  'arn:aws:iam::444455556666:root',
  '*',
  's3.amazonaws.com',
  'AROAEXAMPLEEXAMPLE12',
]

const cells: Record<string, Cell> = {
  allow: 'yes',
  depends: 'conditional',
  unknown: 'unknown',
  deny: 'no',
}

const actions = abilities.flatMap((ability) => ability.actions)

test('a cell and its explanation never disagree', () => {
  fc.assert(
    fc.property(
      fc.array(statement, { maxLength: 4 }),
      fc.array(grant, { maxLength: 3 }),
      fc.constantFrom(...principals),
      fc.constantFrom(...actions),
      fc.constantFrom('AWS', 'CUSTOMER'),
      (statements, grants, id, action, keyManager) => {
        const key = keyOf(statements, grants, { keyManager })
        const facts = factsOfPrincipal(sources, id, account)
        const cell = judgeAction(key, facts, action)
        const { result } = explainAction(key, facts, action)
        // What an account that we do not see decides is unknown in the answer, and
        // in the cell that account's.
        if (result === 'unknown')
          expect(['unknown', 'delegated', 'conditional', 'no']).toContain(cell)
        else expect(cell === 'delegated' ? 'yes' : cell).toBe(cells[result])
        expect(explainAction(key, facts, action).because.length).toBeGreaterThan(0)
      },
    ),
  )
})

test('one more grant never takes an ability away, and a grant not read makes no certain no', () => {
  const rank: Record<Cell, number> = { no: 0, unknown: 1, conditional: 2, delegated: 3, yes: 4 }
  fc.assert(
    fc.property(
      fc.array(statement, { maxLength: 3 }),
      fc.array(grant, { maxLength: 2 }),
      grant,
      fc.constantFrom(...principals),
      fc.constantFrom(...abilities),
      (statements, grants, another, id, ability) => {
        const facts = factsOfPrincipal(sources, id, account)
        const before = judgeAbility(keyOf(statements, grants), facts, ability)
        expect(
          rank[judgeAbility(keyOf(statements, [...grants, another]), facts, ability)],
        ).toBeGreaterThanOrEqual(rank[before])
        const unread = judgeAbility(keyOf(statements, [], { grants: null }), facts, ability)
        if (judgeAbility(keyOf(statements, [...grants, another]), facts, ability) === 'yes')
          expect(unread).not.toBe('no')
      },
    ),
  )
})

test('of an account that is not connected, that account decides, unless the key says no', () => {
  const stranger = factsOfPrincipal(sources, role('b', '444455556666'), account)
  const named = {
    Effect: 'Allow',
    Principal: { AWS: role('b', '444455556666') },
    Action: 'kms:Decrypt',
    Resource: '*',
  }
  expect(judgeAction(keyOf([named], []), stranger, 'kms:Decrypt')).toBe('delegated')
  expect(
    judgeAction(
      keyOf([{ ...named, Condition: { StringEquals: { 'kms:ViaService': 'x' } } }], []),
      stranger,
      'kms:Decrypt',
    ),
  ).toBe('conditional')
  expect(judgeAction(keyOf([], []), stranger, 'kms:Decrypt')).toBe('no')
  expect(
    judgeAction(keyOf([named, { ...named, Effect: 'Deny' }], []), stranger, 'kms:Decrypt'),
  ).toBe('no')
})

test('IAM that was not read is unknown, never no', () => {
  const key = keyOf(
    [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
    [],
  )
  const nothing: Sources = { iam: gatherIam(new Set(), []), organization: null }
  expect(judgeAction(key, factsOfPrincipal(nothing, role('a'), account), 'kms:Decrypt')).toBe(
    'unknown',
  )
})

test('nobody changes a key that AWS manages, whatever its policy says', () => {
  const key = keyOf([{ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }], [], {
    keyManager: 'AWS',
  })
  const facts = factsOfPrincipal(sources, role('a'), account)
  for (const action of [
    'kms:DisableKey',
    'kms:PutKeyPolicy',
    'kms:ScheduleKeyDeletion',
    'kms:TagResource',
  ])
    expect(judgeAction(key, facts, action)).toBe('no')
  expect(judgeAction(key, facts, 'kms:DescribeKey')).not.toBe('no')
})

test('a role of which a policy or a grant names one session is conditional', () => {
  const session = `arn:aws:sts::${account}:assumed-role/a/i-1`
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: session },
    Action: 'kms:Decrypt',
    Resource: '*',
  }
  const noIam: Sources = {
    iam: gatherIam(new Set([account]), [
      {
        arn: role('a'),
        accountId: account,
        kind: 'role',
        name: 'a',
        path: '/',
        uniqueId: 'AROA1',
        details: { ...details, inlinePolicies: [] },
      },
    ]),
    organization: null,
  }
  const member = {
    ...factsOfPrincipal(noIam, role('a'), account),
    serviceControlPolicies: undefined,
    identityPolicies: [],
  }
  expect(judgeAction(keyOf([statement], []), member, 'kms:Decrypt')).toBe('conditional')
  expect(
    judgeAction(
      keyOf([], [{ GranteePrincipal: session, Operations: ['Decrypt'] }]),
      member,
      'kms:Decrypt',
    ),
  ).toBe('conditional')
  expect(judgeAction(keyOf([statement], []), member, 'kms:Encrypt')).toBe('no')
})
