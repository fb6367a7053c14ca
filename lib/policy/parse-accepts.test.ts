import { describe, expect, test } from 'vitest'
import type { PolicyType } from './document'
import { parsePolicy } from './parse'
import { doc, identityWith, keyWith, mine, root, statement, when } from './test/documents'

describe('what IAM and KMS accept', () => {
  test.each<[string, PolicyType, string]>([
    ['the default key policy', 'key', doc({ Sid: 'Enable IAM User Permissions', ...statement })],
    [
      'one statement, not in a list',
      'key',
      JSON.stringify({ Version: '2012-10-17', Id: 'key-default-1', Statement: statement }),
    ],
    ['no version', 'key', JSON.stringify({ Statement: [statement] })],
    ['version 2008', 'identity', JSON.stringify({ Version: '2008-10-17', Statement: [mine] })],
    ['everyone', 'key', keyWith({ Principal: '*' })],
    ['everyone, as AWS', 'key', keyWith({ Principal: { AWS: '*' } })],
    [
      'every kind of principal',
      'key',
      keyWith({
        Principal: {
          AWS: [
            '111122223333',
            'arn:aws:iam::111122223333:user/a/b/c',
            'arn:aws-cn:iam::111122223333:role/r',
            'arn:aws:sts::111122223333:assumed-role/r/s@x',
            'arn:aws:sts::111122223333:federated-user/f',
          ],
          Service: ['logs.us-east-1.amazonaws.com', 'x.amazonaws.com.cn'],
          Federated: 'cognito-identity.amazonaws.com',
        },
      }),
    ],
    [
      'ids of deleted principals',
      'key',
      keyWith({ Principal: { AWS: ['AIDACKCEVSQ6C2EXAMPLE', 'AROADBQP57FF2AEXAMPLE'] } }),
    ],
    [
      'NotPrincipal',
      'key',
      doc({ Effect: 'Deny', NotPrincipal: root, Action: 'kms:*', Resource: '*' }),
    ],
    [
      'NotAction and NotResource',
      'identity',
      doc({ Effect: 'Deny', NotAction: 'kms:*', NotResource: 'arn:aws:kms:*:*:key/x' }),
    ],
    [
      'a key policy statement without Action: inert, and lint says so',
      'key',
      doc({ Effect: 'Allow', Principal: root, Resource: '*' }),
    ],
    [
      'a key policy statement without Resource',
      'key',
      doc({ Effect: 'Allow', Principal: root, Action: 'kms:*' }),
    ],
    ['letters up to U+00FF', 'key', keyWith({ Sid: 'Schlüssel für Bücher ÿ' })],
    [
      'a variable with a default',
      'identity',
      identityWith(when('StringEquals', "${aws:PrincipalTag/team, 'company wide'}")),
    ],
    ['escapes of wildcards', 'identity', identityWith(when('StringLike', 'a${*}b${?}c${$}'))],
    [
      'a variable in a resource',
      'identity',
      identityWith({ Resource: 'arn:aws:kms:*:*:key/${aws:PrincipalTag/key}' }),
    ],
    [
      'Booleans and numbers unquoted',
      'identity',
      identityWith({
        Condition: {
          Bool: { 'aws:SecureTransport': true },
          NumericLessThan: { 'kms:RotationPeriodInDays': [90, '180.5'] },
          Null: { 'a:b': false },
        },
      }),
    ],
    [
      'dates',
      'identity',
      identityWith(
        when('DateLessThan', [
          '2026',
          '2026-11-21',
          '2026-11-21T08:00:00Z',
          '2026-11-21T08:00:00.5+01:00',
          '1767225600',
        ]),
      ),
    ],
    [
      'addresses',
      'identity',
      identityWith(
        when('IpAddress', ['203.0.113.0/24', '198.51.100.1', '2001:db8::/32', '::ffff:192.0.2.1']),
      ),
    ],
    [
      'set operators with IfExists',
      'identity',
      identityWith(when('ForAnyValue:StringLikeIfExists', ['a*'])),
    ],
    ['empty condition', 'identity', identityWith({ Condition: {} })],
    ['empty lists, which do nothing', 'identity', identityWith({ Action: [], Resource: [] })],
    [
      'an SCP with all of the language',
      'scp',
      doc({
        Sid: 'A1',
        Effect: 'Allow',
        NotAction: 'iam:*',
        NotResource: 'arn:aws:s3:::x',
        ...when('StringEquals', 'a'),
      }),
    ],
    [
      'an RCP',
      'rcp',
      doc({
        Sid: 'RCP1',
        Effect: 'Deny',
        Principal: '*',
        Action: 'kms:*',
        Resource: '*',
        ...when('BoolIfExists', 'false'),
      }),
    ],
    [
      'RCPFullAWSAccess',
      'rcp',
      doc({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }),
    ],
    [
      'keys of identity providers',
      'identity',
      identityWith(when('StringEquals', 'x', 'oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:sub')),
    ],
    ['every action of every service', 'identity', identityWith({ Action: '*:*' })],
    ['a boundary', 'boundary', doc(mine)],
    [
      'an endpoint policy',
      'endpoint',
      doc({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }),
    ],
  ])('%s', (_name, type, text) => {
    const { problems, broken, statements } = parsePolicy(text, type)
    expect(problems).toEqual([])
    expect(broken).toBe(false)
    expect(statements.map(({ unreadable }) => unreadable)).toEqual(statements.map(() => null))
  })
})
