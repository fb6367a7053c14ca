import { describe, expect, test } from 'vitest'
import type { ContextValue } from './context'
import {
  allow,
  ann,
  answerOf,
  deny,
  everyone,
  type Expected,
  home,
  key,
  policy,
  session,
  to,
  when,
} from './test/examples'

type Row = [
  operator: string,
  name: string,
  wanted: unknown,
  context: Record<string, ContextValue>,
  expected: Expected,
]

const arn = 'arn:aws:s3:::bucket/a'

/** IAM user guide, "Condition operators", "Single-valued vs. multivalued context keys". */
const operators: Row[] = [
  ['StringEquals', 'a:k', 'x', { 'a:k': 'x' }, 'allow'],
  ['StringEquals', 'a:k', 'x', { 'a:k': 'X' }, 'deny'],
  ['StringEquals', 'a:k', ['w', 'x'], { 'A:K': 'x' }, 'allow'],
  ['StringEquals', 'a:k', 'x', {}, 'deny'],
  ['StringEquals', 'a:k', 'x*', { 'a:k': 'xy' }, 'deny'],
  ['stringequals', 'a:k', 'x', { 'a:k': 'x' }, 'allow'],
  ['StringEqualsIfExists', 'a:k', 'x', {}, 'allow'],
  ['StringEqualsIfExists', 'a:k', 'x', { 'a:k': 'y' }, 'deny'],
  ['StringNotEquals', 'a:k', ['x', 'y'], { 'a:k': 'z' }, 'allow'],
  ['StringNotEquals', 'a:k', ['x', 'y'], { 'a:k': 'y' }, 'deny'],
  ['StringNotEquals', 'a:k', 'x', {}, 'allow'],
  ['StringEqualsIgnoreCase', 'a:k', 'x', { 'a:k': 'X' }, 'allow'],
  ['StringNotEqualsIgnoreCase', 'a:k', 'x', { 'a:k': 'X' }, 'deny'],
  ['StringLike', 'a:k', 'x?z*', { 'a:k': 'xyz' }, 'allow'],
  ['StringLike', 'a:k', 'X*', { 'a:k': 'xyz' }, 'deny'],
  ['StringLike', 'a:k', '*', {}, 'deny'],
  ['StringNotLike', 'a:k', 'x*', { 'a:k': 'yx' }, 'allow'],
  ['NumericEquals', 'a:n', 90, { 'a:n': '90.0' }, 'allow'],
  ['NumericLessThan', 'a:n', '90', { 'a:n': 9 }, 'allow'],
  ['NumericLessThanEquals', 'a:n', '90', { 'a:n': 90 }, 'allow'],
  ['NumericGreaterThan', 'a:n', '90', { 'a:n': 90 }, 'deny'],
  ['NumericGreaterThanEquals', 'a:n', '-1', { 'a:n': '-1e0' }, 'allow'],
  ['NumericNotEquals', 'a:n', '7', {}, 'allow'],
  ['NumericEquals', 'a:n', '7', { 'a:n': 'seven' }, 'deny'],
  [
    'DateGreaterThan',
    'aws:CurrentTime',
    '2026-01-01T00:00:00Z',
    { 'aws:CurrentTime': '2026-01-01T00:00:01Z' },
    'allow',
  ],
  [
    'DateLessThan',
    'aws:CurrentTime',
    '2026-01-01',
    { 'aws:CurrentTime': '2026-01-01T00:00:00+01:00' },
    'allow',
  ],
  ['DateEquals', 'aws:EpochTime', '2026-01-01', { 'aws:EpochTime': 1767225600 }, 'allow'],
  ['DateNotEquals', 'aws:CurrentTime', '2026-01-01', {}, 'allow'],
  ['DateLessThanEquals', 'aws:CurrentTime', '2026-01-01', { 'aws:CurrentTime': 'soon' }, 'deny'],
  ['Bool', 'aws:SecureTransport', true, { 'aws:SecureTransport': 'True' }, 'allow'],
  ['Bool', 'aws:SecureTransport', 'true', { 'aws:SecureTransport': false }, 'deny'],
  ['Bool', 'aws:SecureTransport', 'false', {}, 'deny'],
  ['BoolIfExists', 'aws:SecureTransport', 'false', {}, 'allow'],
  ['BinaryEquals', 'a:b', 'QmluYXJ5', { 'a:b': 'QmluYXJ5' }, 'allow'],
  ['BinaryEquals', 'a:b', 'QmluYXI=', { 'a:b': 'QmluYXI' }, 'allow'],
  ['BinaryEquals', 'a:b', 'QmluYXJ5', { 'a:b': 'qmluYXJ5' }, 'deny'],
  ['IpAddress', 'aws:SourceIp', '203.0.113.0/24', { 'aws:SourceIp': '203.0.113.200' }, 'allow'],
  ['IpAddress', 'aws:SourceIp', '203.0.113.0/25', { 'aws:SourceIp': '203.0.113.200' }, 'deny'],
  [
    'IpAddress',
    'aws:SourceIp',
    ['10.0.0.0/8', '2001:DB8:1234:5678::/64'],
    { 'aws:SourceIp': '2001:db8:1234:5678::9' },
    'allow',
  ],
  ['IpAddress', 'aws:SourceIp', '0.0.0.0/0', { 'aws:SourceIp': '::1' }, 'deny'],
  ['IpAddress', 'aws:SourceIp', '10.0.0.1', { 'aws:SourceIp': '10.0.0.1' }, 'allow'],
  ['NotIpAddress', 'aws:SourceIp', '203.0.113.0/24', { 'aws:SourceIp': '198.51.100.1' }, 'allow'],
  ['NotIpAddress', 'aws:SourceIp', '203.0.113.0/24', {}, 'allow'],
  ['ArnLike', 'aws:SourceArn', 'arn:aws:s3:::bucket/*', { 'aws:SourceArn': arn }, 'allow'],
  ['ArnEquals', 'aws:SourceArn', 'arn:aws:s3:::bucket/*', { 'aws:SourceArn': arn }, 'allow'],
  ['ArnLike', 'aws:SourceArn', 'arn:aws:*:bucket/a', { 'aws:SourceArn': arn }, 'deny'],
  ['ArnNotEquals', 'aws:SourceArn', arn, { 'aws:SourceArn': arn }, 'deny'],
  ['ArnNotLike', 'aws:SourceArn', arn, {}, 'allow'],
  ['ArnLike', 'aws:SourceArn', arn, { 'aws:SourceArn': 'bucket' }, 'deny'],
  ['Null', 'a:k', 'true', {}, 'allow'],
  ['Null', 'a:k', 'true', { 'a:k': 'x' }, 'deny'],
  ['Null', 'a:k', false, { 'a:k': 'x' }, 'allow'],
  ['Null', 'a:k', 'false', { 'a:k': [] }, 'deny'],
  ['ForAllValues:StringEquals', 'a:l', ['x', 'y'], { 'a:l': ['y', 'x'] }, 'allow'],
  ['ForAllValues:StringEquals', 'a:l', ['x', 'y'], { 'a:l': ['x', 'z'] }, 'deny'],
  ['ForAllValues:StringEquals', 'a:l', 'x', {}, 'allow'],
  ['ForAllValues:StringEquals', 'a:l', 'x', { 'a:l': [] }, 'allow'],
  ['ForAllValues:StringNotEquals', 'a:l', 'x', { 'a:l': ['x', 'z'] }, 'deny'],
  ['ForAnyValue:StringEquals', 'a:l', ['x', 'y'], { 'a:l': ['z', 'y'] }, 'allow'],
  ['ForAnyValue:StringEquals', 'a:l', 'x', { 'a:l': ['z'] }, 'deny'],
  ['ForAnyValue:StringEquals', 'a:l', 'x', {}, 'deny'],
  ['ForAnyValue:StringNotEquals', 'a:l', 'x', { 'a:l': ['x', 'z'] }, 'allow'],
  ['ForAnyValue:StringNotEquals', 'a:l', 'x', {}, 'deny'],
  // IAM's sentences about ForAnyValue and about IfExists contradict each other.
  ['ForAnyValue:StringEqualsIfExists', 'a:l', 'x', {}, 'unknown'],
  ['ForAnyValue:StringEqualsIfExists', 'a:l', 'x', { 'a:l': ['x'] }, 'allow'],
  // "… if the key values resolve to a null data set, such as an empty string".
  ['ForAllValues:StringEquals', 'a:l', 'x', { 'a:l': [''] }, 'allow'],
  ['ForAllValues:StringNotEquals', 'a:l', '', { 'a:l': ['', ''] }, 'allow'],
  ['ForAllValues:StringEquals', 'a:l', 'x', { 'a:l': ['', 'y'] }, 'deny'],
  // Key policies are never shown the aliases.
  [
    'ForAnyValue:StringLike',
    'kms:ResourceAliases',
    'alias/app*',
    { 'kms:ResourceAliases': ['alias/x', 'alias/app1'] },
    'deny',
  ],
  [
    'ForAnyValue:StringNotLike',
    'KMS:resourcealiases',
    'alias/*',
    { 'kms:ResourceAliases': ['alias/x'] },
    'deny',
  ],
  [
    'StringNotEquals',
    'kms:ResourceAliases',
    'alias/x',
    { 'kms:ResourceAliases': ['alias/x'] },
    'allow',
  ],
  ['Null', 'kms:ResourceAliases', 'true', { 'kms:ResourceAliases': ['alias/x'] }, 'allow'],
]

const variables: Row[] = [
  ['StringEquals', 'a:k', '${aws:username}', { 'a:k': 'ann' }, 'allow'],
  ['StringEquals', 'a:k', '${AWS:UserName}', { 'a:k': 'bob' }, 'deny'],
  ['StringEquals', 'a:k', '${a:missing}', { 'a:k': '${a:missing}' }, 'deny'],
  ['StringNotEquals', 'a:k', '${a:missing}', { 'a:k': 'x' }, 'allow'],
  ['StringEquals', 'a:k', "${aws:PrincipalTag/team, 'none'}", { 'a:k': 'none' }, 'allow'],
  [
    'StringEquals',
    'a:k',
    "${aws:PrincipalTag/team, 'none'}",
    { 'a:k': 'red', 'aws:PrincipalTag/Team': 'red' },
    'allow',
  ],
  ['StringLike', 'a:k', 'x${*}', { 'a:k': 'x*' }, 'allow'],
  ['StringLike', 'a:k', 'x${*}', { 'a:k': 'xy' }, 'deny'],
  ['StringLike', 'a:k', '${?}${$}*', { 'a:k': '?$y' }, 'allow'],
  ['StringLike', 'a:k', '${a:v}', { 'a:k': 'xyz', 'a:v': 'x*' }, 'deny'],
  ['StringLike', 'a:k', '${a:v}*', { 'a:k': 'x*z', 'a:v': 'x*' }, 'allow'],
  ['StringEquals', 'a:k', '${a:v}', { 'a:k': 'x', 'a:v': ['x', 'y'] }, 'deny'],
  [
    'ArnLike',
    'aws:SourceArn',
    'arn:aws:s3:::${aws:PrincipalAccount}-*',
    { 'aws:SourceArn': `arn:aws:s3:::${home}-logs` },
    'allow',
  ],
]

const kms: Row[] = [
  ['StringEquals', 'kms:CallerAccount', home, {}, 'allow'],
  ['StringEquals', 'kms:CallerAccount', '999999999999', {}, 'deny'],
  [
    'StringEquals',
    'kms:ViaService',
    's3.us-west-2.amazonaws.com',
    { 'kms:ViaService': 's3.us-west-2.amazonaws.com' },
    'allow',
  ],
  ['StringEquals', 'kms:ViaService', 's3.us-west-2.amazonaws.com', {}, 'deny'],
  [
    'StringEquals',
    'kms:EncryptionContext:AppName',
    'ExampleApp',
    { 'kms:EncryptionContext:appname': 'ExampleApp' },
    'allow',
  ],
  [
    'StringEquals',
    'kms:EncryptionContext:AppName',
    'exampleapp',
    { 'kms:EncryptionContext:AppName': 'ExampleApp' },
    'deny',
  ],
  [
    'ForAnyValue:StringEquals',
    'kms:EncryptionContextKeys',
    'AppName',
    { 'kms:EncryptionContext:AppName': 'x', 'kms:EncryptionContext:B': 'y' },
    'allow',
  ],
  [
    'ForAllValues:StringEquals',
    'kms:EncryptionContextKeys',
    ['AppName'],
    { 'kms:EncryptionContext:AppName': 'x', 'kms:EncryptionContext:B': 'y' },
    'deny',
  ],
  [
    'ForAllValues:StringEquals',
    'kms:EncryptionContextKeys',
    ['AppName'],
    { 'kms:EncryptionContext:appname': 'x' },
    'deny',
  ],
  ['Null', 'kms:EncryptionContextKeys', 'false', {}, 'deny'],
  ['Bool', 'kms:GrantIsForAWSResource', true, { 'kms:GrantIsForAWSResource': true }, 'allow'],
  [
    'NumericLessThanEquals',
    'kms:TrailingDaysWithoutKeyUsage',
    '90',
    { 'kms:TrailingDaysWithoutKeyUsage': 30 },
    'allow',
  ],
  [
    'ForAllValues:StringEquals',
    'kms:GrantOperations',
    ['Encrypt', 'Decrypt'],
    { 'kms:GrantOperations': ['Decrypt'] },
    'allow',
  ],
]

/** What follows from the request. */
const derived: Row[] = [
  ['StringEquals', 'aws:PrincipalArn', ann, {}, 'allow'],
  [
    'StringEquals',
    'aws:PrincipalArn',
    'arn:aws:iam::1:user/x',
    { 'aws:PrincipalArn': 'arn:aws:iam::1:user/x' },
    'allow',
  ],
  ['StringEquals', 'aws:PrincipalAccount', home, {}, 'allow'],
  ['StringEquals', 'aws:PrincipalType', 'User', {}, 'allow'],
  ['StringEquals', 'aws:username', 'ann', {}, 'allow'],
  ['Bool', 'aws:PrincipalIsAWSService', 'false', {}, 'allow'],
  ['StringEquals', 'aws:ResourceAccount', home, {}, 'allow'],
  ['StringEquals', 'aws:PrincipalOrgID', 'o-1', {}, 'deny'],
]

const keyPolicyWhen = (row: Row): object =>
  policy(allow('kms:*', { ...to(ann), ...when(row[0], row[1], row[2]) }))

describe.each([
  ['operators', operators],
  ['variables', variables],
  ['kms keys', kms],
  ['derived keys', derived],
])('%s', (_name, rows) => {
  test.each(rows)('%s %s %j of %j: %s', (...row) => {
    expect(answerOf({ as: ann, keyPolicy: keyPolicyWhen(row), context: row[3] })).toBe(row[4])
  })
})

describe('conditions together', () => {
  const both = { Condition: { StringEquals: { 'a:k': 'x', 'a:l': 'y' }, Bool: { 'a:m': 'true' } } }
  test('all operators and all keys must hold', () => {
    const keyPolicy = policy(allow('kms:*', { ...to(ann), ...both }))
    expect(answerOf({ as: ann, keyPolicy, context: { 'a:k': 'x', 'a:l': 'y', 'a:m': true } })).toBe(
      'allow',
    )
    expect(answerOf({ as: ann, keyPolicy, context: { 'a:k': 'x', 'a:l': 'z', 'a:m': true } })).toBe(
      'deny',
    )
    expect(
      answerOf({ as: ann, keyPolicy, context: { 'a:k': 'x', 'a:l': 'y', 'a:m': false } }),
    ).toBe('deny')
  })

  test("aws:PrincipalArn of a session is its role's, never the session's", () => {
    const keyPolicy = policy(
      allow('kms:*', {
        ...everyone,
        ...when('ArnEquals', 'aws:PrincipalArn', `arn:aws:iam::${home}:role/app`),
      }),
    )
    expect(answerOf({ as: session, keyPolicy })).toBe('allow')
    expect(
      answerOf({
        as: session,
        keyPolicy: policy(
          allow('kms:*', { ...everyone, ...when('ArnEquals', 'aws:PrincipalArn', session) }),
        ),
      }),
    ).toBe('deny')
  })

  test('version 2008-10-17, and none, know no variables', () => {
    const statement = allow('kms:*', {
      ...to(ann),
      ...when('StringEquals', 'a:k', '${aws:username}'),
    })
    for (const keyPolicy of [
      { Version: '2008-10-17', Statement: [statement] },
      { Statement: [statement] },
    ]) {
      expect(answerOf({ as: ann, keyPolicy, context: { 'a:k': 'ann' } })).toBe('deny')
      expect(answerOf({ as: ann, keyPolicy, context: { 'a:k': '${aws:username}' } })).toBe('allow')
    }
  })

  test('a variable in a Resource', () => {
    const keyPolicy = policy(allow('kms:*', to(home)))
    const identityPolicies = [
      policy(
        allow('kms:Decrypt', {
          Resource: `arn:aws:kms:us-west-2:${home}:key/\${aws:PrincipalTag/key}`,
        }),
      ),
    ]
    expect(
      answerOf({
        as: ann,
        keyPolicy,
        identityPolicies,
        context: { 'aws:PrincipalTag/key': key.split('/')[1] ?? '' },
      }),
    ).toBe('allow')
    expect(
      answerOf({ as: ann, keyPolicy, identityPolicies, context: { 'aws:PrincipalTag/key': '*' } }),
    ).toBe('deny')
    expect(answerOf({ as: ann, keyPolicy, identityPolicies })).toBe('deny')
    expect(answerOf({ as: ann, keyPolicy, identityPolicies, contextComplete: false })).toBe(
      'depends',
    )
  })
})

test('a Deny with a guard of the KMS guide: keys in use cannot be deleted', () => {
  const keyPolicy = policy(
    allow('kms:*', to(ann)),
    deny(['kms:DisableKey', 'kms:ScheduleKeyDeletion'], {
      ...everyone,
      ...when('NumericLessThanEquals', 'kms:TrailingDaysWithoutKeyUsage', '90'),
    }),
  )
  expect(
    answerOf({
      as: ann,
      action: 'kms:ScheduleKeyDeletion',
      keyPolicy,
      context: { 'kms:TrailingDaysWithoutKeyUsage': 12 },
    }),
  ).toBe('DENY')
  expect(
    answerOf({
      as: ann,
      action: 'kms:ScheduleKeyDeletion',
      keyPolicy,
      context: { 'kms:TrailingDaysWithoutKeyUsage': 91 },
    }),
  ).toBe('allow')
})
