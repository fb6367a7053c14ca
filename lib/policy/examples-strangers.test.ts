import { describe, expect, test } from 'vitest'
import type { ContextValue } from './context'
import { allow, ann, answerOf, everyone, home, policy, to, when } from './test/examples'

const stranger = 'arn:aws:iam::999999999999:user/stranger'

describe('what bounds the path or nothing, and not the caller, bounds nobody out', () => {
  const publicRoads: [string, object, Record<string, ContextValue>][] = [
    [
      'a lone kms:ViaService',
      when('StringEquals', 'kms:ViaService', 's3.us-west-2.amazonaws.com'),
      { 'kms:ViaService': 's3.us-west-2.amazonaws.com' },
    ],
    ['StringLike aws:PrincipalArn "*"', when('StringLike', 'aws:PrincipalArn', '*'), {}],
    ['StringLike kms:CallerAccount "*"', when('StringLike', 'kms:CallerAccount', '*'), {}],
  ]
  test.each(publicRoads)('%s lets a stranger in', (_name, condition, context) => {
    const keyPolicy = policy(allow('kms:Decrypt', { ...everyone, ...condition }))
    expect(
      answerOf({ as: stranger, keyPolicy, identityPolicies: [policy(allow())], context }),
    ).toBe('allow')
  })
  test('so does Allow with NotPrincipal', () => {
    expect(
      answerOf({
        as: stranger,
        keyPolicy: policy({ ...allow('kms:Decrypt'), NotPrincipal: { AWS: ann } }),
        identityPolicies: [policy(allow())],
      }),
    ).toBe('allow')
  })
  test('kms:CallerAccount with an account does not', () => {
    expect(
      answerOf({
        as: stranger,
        keyPolicy: policy(
          allow('kms:Decrypt', { ...everyone, ...when('StringEquals', 'kms:CallerAccount', home) }),
        ),
        identityPolicies: [policy(allow())],
      }),
    ).toBe('deny')
  })
})

describe('the action counts, and account wildcards are nobody', () => {
  const identityPolicies = [policy(allow())]
  test('everyone may describe is not everyone may decrypt', () => {
    const keyPolicy = policy(allow('kms:DescribeKey', everyone))
    expect(answerOf({ as: stranger, keyPolicy, identityPolicies })).toBe('deny')
    expect(answerOf({ as: stranger, action: 'kms:DescribeKey', keyPolicy, identityPolicies })).toBe(
      'allow',
    )
  })
  test('arn:aws:iam::*:root', () => {
    expect(
      answerOf({
        as: stranger,
        keyPolicy: policy(allow('kms:*', to('arn:aws:iam::*:root'))),
        identityPolicies,
      }),
    ).toBe('deny')
  })
})
