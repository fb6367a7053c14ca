import { describe, expect, test } from 'vitest'
import type { ContextValue } from './context'
import { allow, ann, answerOf, everyone, type Expected, policy, to, when } from './test/examples'

describe('a context of which not everything is known', () => {
  const open = (
    operator: string,
    value: unknown,
    context: Record<string, ContextValue> = {},
  ): Expected =>
    answerOf({
      as: ann,
      contextComplete: false,
      keyPolicy: policy(allow('kms:*', { ...to(ann), ...when(operator, 'a:k', value) })),
      context,
    })

  test.each([
    ['StringEquals', 'x', 'depends'],
    ['StringNotEquals', 'x', 'depends'],
    ['StringEqualsIfExists', 'x', 'depends'],
    ['Null', 'true', 'depends'],
    // No value could change these.
    ['StringLikeIfExists', '*', 'allow'],
    ['ForAllValues:StringLike', '*', 'allow'],
    ['ForAnyValue:StringNotLike', '*', 'deny'],
    ['Null', ['true', 'false'], 'allow'],
    ['StringLike', '*', 'depends'],
  ] as const)('%s %j: %s', (operator, value, expected) => {
    expect(open(operator, value)).toBe(expected)
  })

  test('a key that is mentioned is not open', () => {
    expect(open('StringEquals', 'x', { 'a:k': 'y' })).toBe('deny')
    expect(open('StringEquals', 'x', { 'a:k': null })).toBe('deny')
  })

  test('neither is one that such a principal cannot have', () => {
    const keyPolicy = policy(
      allow('kms:*', { ...everyone, ...when('StringLike', 'aws:PrincipalAccount', '*') }),
    )
    expect(answerOf({ as: '*', keyPolicy, contextComplete: false })).toBe('deny')
  })
})
