import { expect, test } from 'vitest'
import { factsOfPrincipal } from './gather'
import { gatherIam } from './iam-facts'
import { explainAction, judgeAction } from './judge'
import { account, details, keyOf, role } from './test/sources'

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
