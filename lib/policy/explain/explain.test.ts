import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  abroad,
  allow,
  ann,
  delegating,
  deny,
  everyone,
  foreignRoot,
  home,
  key,
  policy,
  role,
  root,
  service,
  session,
  to,
  when,
} from '../test/examples'
import { operatorNames } from '../operators'
import { kmsActions } from '../lint/kms'
import { abilities } from './abilities'
import { explainPolicy, type StatementExplanation } from './explain'
import type { PolicyType } from '../document'

type Statement = Record<string, unknown>

function explain(statement: Statement, type: PolicyType = 'key'): StatementExplanation {
  const [only, ...others] = explainPolicy(
    JSON.stringify(policy(statement), null, 2),
    type,
  ).statements
  if (!only || others.length > 0) throw new Error('not one statement')
  return only
}

describe('who', () => {
  test.each<[Statement, string]>([
    [to(root), `Account ${home} may use the key to decrypt.`],
    [to(home), `Account ${home} may`],
    [to(ann), `User ann of account ${home} may`],
    [to(role), `Role team/app of account ${home} may`],
    [to(session), `Session i-0abc of role app of account ${home} may`],
    [to(role, foreignRoot), `Role team/app of account ${home} and account ${abroad} may`],
    [
      to(
        `arn:aws:iam::${home}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Key_Admins_0123456789abcdef`,
      ),
      'The role of permission set Key_Admins (IAM Identity Center)',
    ],
    [to('AROAEXAMPLE123456789'), 'A role that was deleted (AROAEXAMPLE123456789) may'],
    [to('AIDAEXAMPLE123456789'), 'A user that was deleted'],
    [service('logs.eu-west-1.amazonaws.com'), 'The service logs.eu-west-1.amazonaws.com may'],
    [everyone, 'Everyone may'],
    [{ NotPrincipal: { AWS: ann } }, `Everyone except user ann of account ${home} may`],
    [
      { Principal: { Federated: 'cognito-identity.amazonaws.com' } },
      'Identities of the provider cognito-identity.amazonaws.com',
    ],
    [{ Principal: { CanonicalUser: 'a'.repeat(64) } }, 'The S3 canonical user aaaa'],
  ])('%j', (whom, said) => expect(explain(allow('kms:Decrypt', whom)).sentence).toContain(said))

  test.each<[PolicyType, string]>([
    ['identity', 'Whoever has this policy may'],
    ['boundary', 'Whoever has this permissions boundary'],
    ['scp', 'Every principal of the accounts under this policy'],
  ])('%s', (type, said) => expect(explain(allow('kms:Decrypt'), type).sentence).toContain(said))

  test('a Deny says who may not', () => {
    expect(explain(deny('kms:Decrypt', to(ann))).sentence).toBe(
      `User ann of account ${home} may not use the key to decrypt.`,
    )
    expect(explain(deny('kms:*', everyone)).sentence).toBe('Nobody may do anything with the key.')
    expect(explain(deny('kms:Decrypt', { NotPrincipal: { AWS: [ann, root] } })).sentence).toBe(
      `Nobody except user ann of account ${home} and account ${home} may use the key to decrypt.`,
    )
  })
})

describe('what', () => {
  test('every operation of KMS is said by exactly one ability', () => {
    const said = abilities.flatMap(({ parts }) => parts.flatMap(([, ...operations]) => operations))
    expect([...said].sort()).toEqual(kmsActions.map(({ operation }) => operation).sort())
  })
  test.each<[Statement, string]>([
    [allow(['kms:Encrypt', 'kms:Decrypt'], to(ann)), 'use the key to decrypt and encrypt.'],
    [allow('kms:GenerateDataKey', to(ann)), 'generate data keys (GenerateDataKey only)'],
    [allow('kms:*', to(ann)), 'do everything with the key.'],
    [allow('*', to(ann)), 'do everything.'],
    [allow(['kms:Create*', 'kms:Decrypt'], to(ann)), 'use the key to decrypt; make grants;'],
    [deny(['kms:Encrypt', 'kms:Decrypt'], to(ann)), 'may not use the key to decrypt or encrypt.'],
    [
      { Effect: 'Deny', ...everyone, NotAction: 'kms:Decrypt', Resource: '*' },
      'Nobody may do anything but use the key to decrypt.',
    ],
    [allow('kms:Frobnicate', to(ann)), 'call "kms:Frobnicate", which KMS does not know'],
    [
      allow(['s3:*', 'ec2:RunInstances'], to(ann)),
      'use every action of s3 and call ec2:RunInstances',
    ],
  ])('%j', (statement, said) => expect(explain(statement).sentence).toContain(said))
})

describe('when', () => {
  test.each<[string, string, unknown, string]>([
    [
      'StringEquals',
      'kms:ViaService',
      's3.eu-west-1.amazonaws.com',
      'if the service through which the call comes is "s3.eu-west-1.amazonaws.com"',
    ],
    [
      'StringNotEquals',
      'aws:PrincipalOrgID',
      ['o-a', 'o-b'],
      'if the caller\'s organization is not "o-a" or "o-b" (or is absent)',
    ],
    [
      'StringLikeIfExists',
      'kms:EncryptionContext:Team',
      'x*',
      'if "Team" in the encryption context matches "x*", or the request does not have it',
    ],
    [
      'Bool',
      'kms:GrantIsForAWSResource',
      true,
      'if an AWS service acts with a grant for its own resources',
    ],
    ['Bool', 'aws:SecureTransport', 'false', 'if the call does not come over TLS'],
    [
      'Null',
      'aws:MultiFactorAuthAge',
      'true',
      'if the request does not have the age of the multi-factor sign-in',
    ],
    ['Null', 'aws:PrincipalTag/Team', false, 'if the request has the caller\'s tag "Team"'],
    [
      'ForAllValues:StringEquals',
      'kms:EncryptionContextKeys',
      ['a'],
      'if each of the names in the encryption context is "a", or there are none',
    ],
    [
      'ForAnyValue:StringEquals',
      'kms:ResourceAliases',
      ['alias/a'],
      'if at least one of the aliases of the key is "alias/a"',
    ],
    ['NumericLessThan', 'kms:RotationPeriodInDays', 90, 'is less than "90"'],
    ['DateGreaterThan', 'aws:CurrentTime', '2026-01-01', 'if the time is after "2026-01-01"'],
    ['IpAddress', 'aws:SourceIp', '203.0.113.0/24', 'is in "203.0.113.0/24"'],
    ['StringEquals', 'foo:Bar', 'x', 'if the condition key foo:Bar is "x"'],
    ['StringEquals', 'aws:SourceAccount', [], 'which never holds'],
  ])('%s %s', (operator, name, value, said) =>
    expect(
      explain(allow('kms:Decrypt', { ...to(ann), ...when(operator, name, value) })).sentence,
    ).toContain(said),
  )

  test('every operator, with and without its prefixes, is said in words', () => {
    for (const name of operatorNames)
      for (const before of ['', 'ForAllValues:', 'ForAnyValue:'])
        for (const after of name === 'Null' ? [''] : ['', 'IfExists']) {
          const { sentence, parts } = explain(
            allow('kms:Decrypt', {
              ...to(ann),
              ...when(
                `${before}${name}${after}`,
                'kms:Anything',
                name === 'Null' || name === 'Bool' ? 'true' : '2020',
              ),
            }),
          )
          expect(sentence).toContain('the condition key kms:Anything')
          expect(parts.when).toHaveLength(1)
          expect(sentence).not.toMatch(/undefined|compares with/)
        }
  })
})

describe('notes', () => {
  test.each<[Statement, RegExp]>([
    [allow('kms:*', to(root)), /through it, IAM/],
    [{ Effect: 'Allow', ...to(ann), Action: 'kms:Decrypt' }, /no effect/],
    [allow('kms:Decrypt', everyone), /open to every AWS account/],
    [allow('kms:Decrypt', { ...to(ann), Resource: 'arn:aws:s3:::x' }), /can never be a key/],
    [allow('s3:GetObject', to(ann)), /no effect on the key/],
    [allow('kms:Decrypt', to('AROAEXAMPLE123456789')), /deleted principal/],
    [allow('kms:Decrypt', { ...to(ann), Condition: {} }), /Condition is empty/],
  ])('%j', (statement, note) => expect(explain(statement).notes.join(' ')).toMatch(note))

  test('what is bounded is not called open', () => {
    expect(
      explain(
        allow('kms:Decrypt', { ...everyone, ...when('StringEquals', 'kms:CallerAccount', home) }),
      ).notes,
    ).toEqual([])
  })
})

test('what cannot be read is said, with its place and why', () => {
  const text = JSON.stringify(
    {
      Version: '2012-10-17',
      Statement: [{ ...allow('kms:Decrypt', to(ann)), Effect: 'allow' }, allow('kms:*', to(root))],
    },
    null,
    2,
  )
  const { statements, problems, summary } = explainPolicy(text, 'key')
  expect(statements.map(({ parts }) => parts.may)).toEqual(['unknown', 'may'])
  expect(statements[0]?.sentence).toContain('its Effect is neither "Allow" nor "Deny"')
  expect(problems).toMatchObject([
    { code: 'INVALID_EFFECT', path: 'Statement[0].Effect', range: { start: { line: 5 } } },
  ])
  expect(summary.join(' ')).toContain('refused')
  expect(explainPolicy('{', 'key').problems).toMatchObject([{ code: 'JSON_SYNTAX_ERROR' }])
})

test('lists of two hundred are cut in the sentence and whole in the parts', () => {
  const names = Array.from({ length: 200 }, (_, at) => `arn:aws:iam::${home}:user/u${at}`)
  const { sentence, parts } = explain(allow('kms:Decrypt', to(...names)))
  expect(sentence.length).toBeLessThan(600)
  expect(sentence).toContain('and 192 more')
  expect(parts.who).toHaveLength(200)
})

test('whatever a document is made of, each statement has one sentence that ends', () => {
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('*', 'kms:*', 'kms:Decrypt', key, ann, root, 'x:y'),
    fc.array(fc.string(), { maxLength: 3 }),
    fc.integer(),
    fc.constant(null),
    fc.constant({}),
  )
  const statement = fc.record(
    {
      Effect: fc.constantFrom('Allow', 'Deny', 'Permit'),
      Principal: fc.oneof(fc.constant('*'), fc.record({ AWS: value }), value),
      Action: value,
      NotAction: value,
      Resource: value,
      Condition: fc.oneof(
        fc.dictionary(
          fc.constantFrom('StringEquals', 'Null', 'Bool', 'ForAllValues:ArnLike', 'x'),
          fc.dictionary(fc.string(), value),
          { maxKeys: 3 },
        ),
        value,
      ),
    },
    { requiredKeys: ['Effect'] },
  )
  fc.assert(
    fc.property(
      fc.array(statement, { maxLength: 4 }),
      fc.constantFrom<PolicyType>(
        'key',
        'identity',
        'scp',
        'rcp',
        'boundary',
        'session',
        'endpoint',
      ),
      (statements, type) => {
        const explained = explainPolicy(JSON.stringify(policy(...statements)), type)
        expect(explained.statements).toHaveLength(statements.length)
        for (const { sentence, sentences, index, path } of explained.statements) {
          expect(sentence).toMatch(/^[^a-z].*\.$/s)
          expect(sentences[0]).toBe(sentence)
          expect(path).toBe(`Statement[${index}]`)
        }
      },
    ),
    { numRuns: 800 },
  )
})

test('the default of the API', () => {
  const { summary, statements } = explainPolicy(JSON.stringify(delegating), 'key')
  expect(summary).toEqual([
    'A key policy of one statement: 1 allow, 0 deny.',
    `IAM policies of account ${home} count: those whom they allow can do with the key what its account may.`,
  ])
  expect(statements[0]).toMatchObject({
    sid: 'Enable IAM User Permissions',
    effect: 'Allow',
    sentence: `Account ${home} may do everything with the key.`,
  })
})
