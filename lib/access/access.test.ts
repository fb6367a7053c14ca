import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePolicy } from '../policy/parse'
import type { Grant } from '../policy/grants'
import { abilities } from './abilities'
import { factsOfPrincipal, type Sources } from './gather'
import { gatherIam } from './iam-facts'
import { explainAction, judgeAbility, judgeAction, type Cell } from './judge'
import { daysWithoutUsage, type KeyFacts } from './key-facts'
import { organizationPathOf, type OrganizationFacts } from './organization-facts'
import { nameOfPrincipal } from './principal-facts'
import { judgeUse, useOf } from './usability'

const account = '111122223333'
const arn = `arn:aws:kms:eu-west-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
const role = (name: string, of = account) => `arn:aws:iam::${of}:role/${name}`
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
const allowAll = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
})
const details = {
  inlinePolicies: [{ name: 'all', document: allowAll }],
  attachedPolicyArns: [],
  permissionsBoundaryArn: null,
  tags: {},
  trustPolicy: null,
}
const sources: Sources = {
  iam: gatherIam(new Set([account]), [
    {
      arn: role('a'),
      accountId: account,
      kind: 'role',
      name: 'a',
      path: '/',
      uniqueId: 'AROA1',
      details,
    },
  ]),
  organization: null,
}

const keyOf = (
  statements: readonly object[],
  grants: readonly Grant[],
  more: Partial<KeyFacts> = {},
): KeyFacts => ({
  arn,
  accountId: account,
  keyUsage: 'ENCRYPT_DECRYPT',
  keyManager: 'CUSTOMER',
  keyState: 'Enabled',
  policy: parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'key'),
  grants,
  resourceControlPolicies: undefined,
  organizationId: null,
  context: { 'kms:KeySpec': 'SYMMETRIC_DEFAULT' },
  ...more,
})
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

test('days without use count from the last use, else from the later of creation and the start of tracking', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  const never = {
    lastUsedAt: null,
    usageTrackedSince: '2026-04-23T00:00:00Z',
    lastUseAt: '2026-11-20T00:00:00Z',
  }
  expect(
    daysWithoutUsage({ ...never, lastUsedAt: '2026-11-18T13:00:00Z', createdAt: null }, now),
  ).toBe(1)
  expect(daysWithoutUsage({ ...never, createdAt: '2026-11-10T12:00:00Z' }, now)).toBe(10)
  expect(daysWithoutUsage({ ...never, createdAt: '2020-01-01T00:00:00Z' }, now)).toBe(211)
  expect(daysWithoutUsage({ ...never, lastUseAt: null, createdAt: null }, now)).toBeUndefined()
})

test('the path of an account ends above it, with a slash', () => {
  const node = (id: string, parentId: string | null) =>
    [id, { id, parentId, scpIds: [], rcpIds: [], problems: {} }] as const
  const organization: OrganizationFacts = {
    id: 'o-1',
    managementAccountId: '999988887777',
    policies: new Map(),
    nodes: new Map([
      node('r-1', null),
      node('ou-1', 'r-1'),
      node(account, 'ou-1'),
      node('000000000001', 'ou-lost'),
    ]),
  }
  expect(organizationPathOf(organization, account)).toBe('o-1/r-1/ou-1/')
  expect(organizationPathOf(organization, '000000000001')).toBeNull()
  expect(organizationPathOf(null, account)).toBeNull()
})

test('an Identity Center role is read by the name of its permission set', () => {
  expect(
    nameOfPrincipal(
      `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/eu-west-1/` +
        'AWSReservedSSO_KeyAdministrator_3eacea019cc3a5ac',
    ),
  ).toBe('KeyAdministrator (permission set)')
})

const trust = (...Action: string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action }],
  })
const tagged = (trustPolicy: string | null) => {
  const entity = { ...details, tags: { team: 'a' }, trustPolicy }
  const row = {
    arn: role('a'),
    accountId: account,
    kind: 'role',
    name: 'a',
    path: '/',
    uniqueId: 'AROA1',
    details: entity,
  }
  const facts = factsOfPrincipal(
    { iam: gatherIam(new Set([account]), [row]), organization: null },
    role('a'),
    account,
  )
  return { ...facts, serviceControlPolicies: undefined }
}
const byTeam = (team: string, Effect = 'Allow') => ({
  Effect,
  Principal: { AWS: role('a') },
  Action: 'kms:Decrypt',
  Resource: '*',
  Condition: { StringEquals: { 'aws:PrincipalTag/team': team } },
})

test('tags of a role are final only where nobody can tag its sessions', () => {
  const ask = (trustPolicy: string | null, statements: object[], complete = false) =>
    explainAction(keyOf(statements, []), tagged(trustPolicy), 'kms:Decrypt', { complete }).result
  for (const trusting of [
    trust('sts:AssumeRole', 'sts:TagSession'),
    trust('sts:*'),
    null,
    '{"Statement":',
  ]) {
    expect(ask(trusting, [byTeam('b')]), 'a session tag can make it b').toBe('depends')
    expect(ask(trusting, [byTeam('a')]), 'a session tag can take it away').toBe('depends')
    expect(ask(trusting, [{ ...byTeam('b'), Condition: undefined }, byTeam('b', 'Deny')])).toBe(
      'depends',
    )
    expect(ask(trusting, [byTeam('a')], true), 'the request has no session tags').toBe('allow')
    expect(ask(trusting, [byTeam('b')], true)).toBe('deny')
  }
  expect(ask(trust('sts:AssumeRole'), [byTeam('a')])).toBe('allow')
  expect(
    judgeAction(keyOf([byTeam('b')], []), tagged(trust('sts:AssumeRole')), 'kms:Decrypt'),
  ).toBe('no')
  const bar = { Effect: 'Deny', Principal: '*', Action: 'sts:TagSession' }
  const barred = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ ...bar, Effect: 'Allow', Action: 'sts:*' }, bar],
  })
  expect(judgeAction(keyOf([byTeam('b')], []), tagged(barred), 'kms:Decrypt')).toBe('no')
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

const useIn = (
  keyState: string | null,
  id: string,
  statements: readonly object[],
  allowed = role('a'),
) => {
  const ability = abilities.find((one) => one.id === id) ?? expect.fail(id)
  const bare: Sources = { iam: gatherIam(new Set([account]), []), organization: null }
  const key = keyOf(statements, [], { keyState })
  return judgeUse(key, factsOfPrincipal(bare, allowed, account), ability)
}
const allowTo = (...actions: string[]) => [
  { Effect: 'Allow', Principal: { AWS: role('a') }, Action: actions, Resource: '*' },
]

test('the state of a key takes nothing from who is allowed, and says what AWS takes now', () => {
  const all = allowTo('kms:*')
  const key = (keyState: string | null) => keyOf(all, [], { keyState })
  const facts = factsOfPrincipal(sources, role('a'), account)
  for (const state of [
    'Enabled',
    'Disabled',
    'PendingDeletion',
    'PendingImport',
    'Unavailable',
    null,
  ]) {
    expect(judgeAction(key(state), facts, 'kms:Decrypt')).toBe(
      judgeAction(key('Enabled'), facts, 'kms:Decrypt'),
    )
    expect(judgeAction(key(state), facts, 'kms:Decrypt')).not.toBe('no')
  }
  expect(useIn('Enabled', 'decrypt', all)).toBe('usable')
  for (const state of [
    'Disabled',
    'PendingDeletion',
    'PendingReplicaDeletion',
    'PendingImport',
    'Unavailable',
    'Creating',
  ]) {
    expect(useIn(state, 'decrypt', all)).toBe('unusable')
    expect(useIn(state, 'changePolicy', all)).toBe('usable')
  }
  expect(useIn('Disabled', 'delete', all)).toBe('usable')
  expect(useIn(null, 'decrypt', all)).toBe('unknown')
  expect(useIn(null, 'changePolicy', all)).toBe('usable')
})

test('an ability of several actions is usable when one is both allowed and taken by AWS', () => {
  expect(useIn('Disabled', 'administer', allowTo('kms:TagResource'))).toBe('usable')
  expect(useIn('Disabled', 'administer', allowTo('kms:EnableKeyRotation'))).toBe('unusable')
  expect(useIn('PendingDeletion', 'administer', allowTo('kms:*'))).toBe('unusable')
})

test('a use is said in words that fit the operation', () => {
  expect(useOf('kms:Decrypt', 'PendingDeletion')).toEqual({
    is: 'unusable',
    keyState: 'PendingDeletion',
    error: 'KMSInvalidStateException',
    words: 'the key is pending deletion',
  })
  expect(useOf('kms:CancelKeyDeletion', 'Enabled').words).toBe('the key is not pending deletion')
  expect(useOf('kms:ScheduleKeyDeletion', 'Disabled')).toMatchObject({ is: 'usable', error: null })
  expect(useOf('kms:ListKeys', 'PendingDeletion').is).toBe('usable')
  expect(useOf('kms:constructor', 'Enabled').is).toBe('unknown')
  expect(useOf('kms:Sign', null)).toMatchObject({
    is: 'unknown',
    words: 'the state of the key has not been read',
  })
})
