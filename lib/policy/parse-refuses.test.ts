import { describe, expect, test } from 'vitest'
import type { PolicyType } from './document'
import { parsePolicy } from './parse'
import { doc, identityWith, keyWith, mine, root, statement, when } from './test/documents'

const codes = (text: string, type: PolicyType = 'key', severity = 'error'): string[] =>
  parsePolicy(text, type)
    .problems.filter((problem) => problem.severity === severity)
    .map(({ code }) => code)

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
