import { describe, expect, test } from 'vitest'
import type { PolicyType } from './document'
import { rangeOf } from './locate'
import { parsePolicy, parsePolicyValue } from './parse'

const root = { AWS: 'arn:aws:iam::111122223333:root' }
const statement = { Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' }
const mine = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' }
const doc = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const codes = (text: string, type: PolicyType = 'key', severity = 'error'): string[] =>
  parsePolicy(text, type)
    .problems.filter((problem) => problem.severity === severity)
    .map(({ code }) => code)
const keyWith = (more: object): string => doc({ ...statement, ...more })
const identityWith = (more: object): string => doc({ ...mine, ...more })
const when = (operator: string, value: unknown, name = 'aws:x'): object => ({
  Condition: { [operator]: { [name]: value } },
})

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

describe('what they refuse', () => {
  test.each<[string, PolicyType, string, string]>([
    ['not JSON', 'key', 'kms', 'JSON_SYNTAX_ERROR'],
    ['a comma too many', 'key', '{"Statement":[],}', 'JSON_SYNTAX_ERROR'],
    ['a list', 'key', '[]', 'DATA_TYPE_MISMATCH'],
    ['no Statement', 'identity', '{"Version":"2012-10-17"}', 'MISSING_STATEMENT'],
    ['no statement in it', 'identity', doc(), 'MISSING_STATEMENT'],
    [
      'a version that is none',
      'identity',
      '{"Version":"2012-10-18","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
      'INVALID_VERSION',
    ],
    [
      'an element that is none',
      'identity',
      identityWith({ Comment: 'x' }),
      'INVALID_POLICY_ELEMENT',
    ],
    [
      'an element in the wrong case',
      'identity',
      identityWith({ action: 'kms:*' }),
      'INVALID_POLICY_ELEMENT',
    ],
    [
      'no Effect',
      'key',
      doc({ Principal: root, Action: 'kms:*', Resource: '*' }),
      'MISSING_EFFECT',
    ],
    ['Effect in the wrong case', 'key', keyWith({ Effect: 'allow' }), 'INVALID_EFFECT'],
    ['Effect as a list', 'key', keyWith({ Effect: ['Allow'] }), 'DATA_TYPE_MISMATCH'],
    ['key policy without Principal', 'key', doc(mine), 'MISSING_PRINCIPAL'],
    ['identity policy with Principal', 'identity', doc(statement), 'UNSUPPORTED_PRINCIPAL'],
    [
      'identity policy with NotPrincipal',
      'identity',
      identityWith({ NotPrincipal: '*' }),
      'UNSUPPORTED_PRINCIPAL',
    ],
    ['SCP with Principal', 'scp', doc(statement), 'SCP_SYNTAX_ERROR_PRINCIPAL'],
    ['RCP for somebody', 'rcp', doc({ ...statement, Effect: 'Deny' }), 'UNSUPPORTED_PRINCIPAL'],
    ['RCP that allows', 'rcp', doc({ ...statement, Principal: '*' }), 'UNSUPPORTED_EFFECT'],
    [
      'RCP without Version',
      'rcp',
      JSON.stringify({
        Statement: { Effect: 'Deny', Principal: '*', Action: 'kms:*', Resource: '*' },
      }),
      'MISSING_VERSION',
    ],
    [
      'SCP of 2008',
      'scp',
      JSON.stringify({
        Version: '2008-10-17',
        Statement: { Effect: 'Deny', Action: 'kms:*', Resource: '*' },
      }),
      'INVALID_VERSION',
    ],
    [
      'RCP with NotAction',
      'rcp',
      doc({ Effect: 'Deny', Principal: '*', NotAction: 'kms:*', Resource: '*' }),
      'UNSUPPORTED_ELEMENT_COMBINATION',
    ],
    [
      'Principal and NotPrincipal',
      'key',
      keyWith({ NotPrincipal: root }),
      'UNSUPPORTED_ELEMENT_COMBINATION',
    ],
    [
      'Action and NotAction',
      'key',
      keyWith({ NotAction: 'kms:*' }),
      'UNSUPPORTED_ELEMENT_COMBINATION',
    ],
    [
      'Resource and NotResource',
      'key',
      keyWith({ NotResource: '*' }),
      'UNSUPPORTED_ELEMENT_COMBINATION',
    ],
    [
      'identity policy without Action',
      'identity',
      doc({ Effect: 'Allow', Resource: '*' }),
      'MISSING_ACTION',
    ],
    [
      'identity policy without Resource',
      'identity',
      doc({ Effect: 'Allow', Action: '*' }),
      'MISSING_RESOURCE',
    ],
    [
      'a principal that is a bare ARN',
      'key',
      keyWith({ Principal: root.AWS }),
      'INVALID_PRINCIPAL_FORMAT',
    ],
    ['a list of principals', 'key', keyWith({ Principal: ['*'] }), 'DATA_TYPE_MISMATCH'],
    [
      'an unknown kind of principal',
      'key',
      keyWith({ Principal: { Aws: '*' } }),
      'INVALID_PRINCIPAL_KEY',
    ],
    ['an empty principal', 'key', keyWith({ Principal: { AWS: '' } }), 'INVALID_PRINCIPAL_FORMAT'],
    [
      'a wildcard in a principal',
      'key',
      keyWith({ Principal: { AWS: 'arn:aws:iam::111122223333:role/*' } }),
      'UNSUPPORTED_WILDCARD_IN_PRINCIPAL',
    ],
    [
      'a wildcard account',
      'key',
      keyWith({ Principal: { AWS: 'arn:aws:iam::*:root' } }),
      'UNSUPPORTED_WILDCARD_IN_PRINCIPAL',
    ],
    [
      'an account of 11 digits',
      'key',
      keyWith({ Principal: { AWS: '11112222333' } }),
      'INVALID_PRINCIPAL_FORMAT',
    ],
    [
      'an ARN with such an account',
      'key',
      keyWith({ Principal: { AWS: 'arn:aws:iam::11112222333:root' } }),
      'INVALID_ARN_ACCOUNT',
    ],
    [
      'a group',
      'key',
      keyWith({ Principal: { AWS: 'arn:aws:iam::111122223333:group/g' } }),
      'INVALID_PRINCIPAL_FORMAT',
    ],
    [
      'a bucket as principal',
      'key',
      keyWith({ Principal: { AWS: 'arn:aws:s3:::bucket' } }),
      'INVALID_ARN_ACCOUNT',
    ],
    [
      'a service that is none',
      'key',
      keyWith({ Principal: { Service: 'logs' } }),
      'INVALID_SERVICE_PRINCIPAL_FORMAT',
    ],
    [
      'a variable in a principal',
      'key',
      keyWith({ Principal: { AWS: 'arn:aws:iam::111122223333:user/${aws:username}' } }),
      'VARIABLE_UNSUPPORTED_IN_ELEMENT',
    ],
    ['Sid with a space', 'identity', identityWith({ Sid: 'a b' }), 'UNSUPPORTED_SID'],
    [
      'Sid twice',
      'identity',
      doc({ Sid: 'a', ...mine }, { Sid: 'a', ...mine }),
      'UNIQUE_SIDS_REQUIRED',
    ],
    [
      'an action without service',
      'identity',
      identityWith({ Action: 'Decrypt' }),
      'INVALID_ACTION',
    ],
    ['an action with a slash', 'identity', identityWith({ Action: 'kms:a/b' }), 'INVALID_ACTION'],
    [
      'a resource that is no ARN',
      'identity',
      identityWith({ Resource: 'key/abc' }),
      'INVALID_ARN_PREFIX',
    ],
    [
      'an unknown operator',
      'key',
      keyWith(when('StringMatches', 'x')),
      'INVALID_CONDITION_OPERATOR',
    ],
    ['a qualifier alone', 'key', keyWith(when('ForAllValues:', 'x')), 'INVALID_CONDITION_OPERATOR'],
    ['Null with IfExists', 'key', keyWith(when('NullIfExists', 'true')), 'NULL_WITH_IF_EXISTS'],
    ['a condition that is no object', 'key', keyWith({ Condition: ['x'] }), 'DATA_TYPE_MISMATCH'],
    [
      'an operator that has no keys',
      'key',
      keyWith({ Condition: { StringEquals: 'x' } }),
      'DATA_TYPE_MISMATCH',
    ],
    [
      'a condition value that is null',
      'key',
      keyWith(when('StringEquals', null)),
      'DATA_TYPE_MISMATCH',
    ],
    [
      'a key without prefix',
      'key',
      keyWith(when('StringEquals', 'x', 'PrincipalOrgID')),
      'INVALID_CONDITION_KEY_FORMAT',
    ],
    [
      'a key in two spellings',
      'key',
      keyWith({ Condition: { StringEquals: { 'aws:x': '1', 'AWS:X': '2' } } }),
      'DUPLICATE_KEYS_WITH_DIFFERENT_CASE',
    ],
    [
      'a number that is none',
      'key',
      keyWith(when('NumericEquals', 'ninety')),
      'INVALID_CONDITION_DATA_TYPE',
    ],
    [
      'a date that is none',
      'key',
      keyWith(when('DateLessThan', '2026-02-30')),
      'INVALID_CONDITION_DATA_TYPE',
    ],
    ['a Boolean that is none', 'key', keyWith(when('Bool', 'yes')), 'INVALID_CONDITION_DATA_TYPE'],
    [
      'two Booleans',
      'key',
      keyWith(when('Bool', ['true', 'false'])),
      'INVALID_CONDITION_MULTIPLE_BOOLEAN',
    ],
    [
      'an address that is none',
      'key',
      keyWith(when('IpAddress', '203.0.113.0/33')),
      'INVALID_CONDITION_DATA_TYPE',
    ],
    [
      'an IPv6 address that is none',
      'key',
      keyWith(when('NotIpAddress', '2001:db8::1::2')),
      'INVALID_CONDITION_DATA_TYPE',
    ],
    [
      'an ARN that is none',
      'key',
      keyWith(when('ArnLike', 'bucket')),
      'INVALID_CONDITION_DATA_TYPE',
    ],
    [
      'base64 that is none',
      'key',
      keyWith(when('BinaryEquals', 'a$b')),
      'INVALID_CONDITION_DATA_TYPE',
    ],
    [
      'a variable without end',
      'key',
      keyWith(when('StringEquals', '${aws:username')),
      'MISSING_BRACE_IN_VARIABLE',
    ],
    ['an empty variable', 'key', keyWith(when('StringEquals', '${}')), 'EMPTY_VARIABLE'],
    [
      'a variable with a space',
      'key',
      keyWith(when('StringEquals', '${aws: username}')),
      'UNSUPPORTED_SPACE_IN_VARIABLE',
    ],
    [
      'a default without quotes',
      'key',
      keyWith(when('StringEquals', '${aws:x, none}')),
      'MISSING_QUOTE_IN_VARIABLE',
    ],
    [
      'a variable with a numeric operator',
      'key',
      keyWith(when('NumericEquals', '${aws:x}')),
      'INVALID_VARIABLE_FOR_OPERATOR',
    ],
    ['a letter beyond U+00FF', 'key', keyWith({ Sid: '鍵' }), 'INVALID_CHARACTER'],
    ['32,769 bytes', 'key', keyWith({ Sid: 'é'.repeat(16_400) }), 'POLICY_SIZE_EXCEEDED'],
    ['70 levels', 'key', `{"Statement":${'['.repeat(70)}`, 'JSON_SYNTAX_ERROR'],
  ])('%s: %s', (_name, type, text, code) => {
    expect(codes(text, type)).toContain(code)
  })

  test('a duplicate element is a warning, and the last one counts', () => {
    const document = parsePolicy(
      '{"Statement":{"Effect":"Deny","Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}',
      'key',
    )
    expect(document.problems).toMatchObject([
      { code: 'DUPLICATE_ELEMENT', severity: 'warning', path: 'Statement[0].Effect' },
    ])
    expect(document.statements[0]?.effect?.value).toBe('Allow')
  })
})

describe('places', () => {
  const text =
    '{\r\n  "Statement": {\n    "Effect": "Allow", "Principal": {"AWS": ["*", "nobody"]},\n\t"Action": "kms:*", "Resource": "*",\n    "Condition": {"StringLike": {"aws:PrincipalArn": ["a", "ü\\u0041"]}}\n  }\n}'
  const document = parsePolicy(text, 'key')

  test('of a problem', () => {
    expect(document.problems).toMatchObject([
      {
        path: 'Statement[0].Principal.AWS[1]',
        range: { start: { line: 3, column: 51 }, end: { line: 3, column: 59 } },
      },
    ])
  })

  test('of every value, name and statement', () => {
    const [statement] = document.statements
    const slice = (span: { start: number; end: number } | undefined): string =>
      span ? text.slice(span.start, span.end) : ''
    const condition = statement?.conditions?.[0]
    expect(slice(statement?.action?.values[0]?.span)).toBe('"kms:*"')
    expect(slice(statement?.elements.Principal?.name)).toBe('"Principal"')
    expect(slice(condition?.operatorSpan)).toBe('"StringLike"')
    expect(slice(condition?.keySpan)).toBe('"aws:PrincipalArn"')
    expect(condition?.values[1]).toMatchObject({
      value: 'üA',
      path: 'Statement[0].Condition.StringLike.aws:PrincipalArn[1]',
    })
    expect(slice(condition?.values[1]?.span)).toBe('"ü\\u0041"')
    expect(statement && rangeOf(document, statement.span)).toMatchObject({
      start: { line: 2, column: 16 },
      end: { line: 6, column: 4 },
    })
  })

  test('of what was read before a syntax error', () => {
    const cut = parsePolicy(text.slice(0, 130), 'key')
    expect(cut.broken).toBe(true)
    expect(cut.problems.map(({ code }) => code)).toEqual(['JSON_SYNTAX_ERROR'])
    expect(cut.statements[0]?.effect?.value).toBe('Allow')
  })
})

test('a value reads as its text does', () => {
  const text = doc(statement, { ...statement, ...when('NumericEquals', [1, '2']) }, { Effect: 'x' })
  const fromText = parsePolicy(text, 'key')
  const fromValue = parsePolicyValue(JSON.parse(text), 'key')
  const bare = (document: typeof fromText): unknown =>
    JSON.parse(
      JSON.stringify(document.statements, (name, value: unknown) =>
        /span/i.test(name) || name === 'name' ? undefined : value,
      ),
    )
  expect(bare(fromValue)).toEqual(bare(fromText))
  expect(fromValue.problems.map(({ code, path }) => [code, path])).toEqual(
    fromText.problems.map(({ code, path }) => [code, path]),
  )
})
