import { describe, expect, test } from 'vitest'
import { classify, isAccountWideDenial } from './problem'

function awsError(name: string, message = 'x', httpStatusCode?: number): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } })
}

describe('classify', () => {
  test.each([
    ['AccessDeniedException', 400, 'denied'],
    ['AccessDenied', 403, 'denied'],
    ['UnrecognizedClientException', 400, 'denied'],
    ['ThrottlingException', 400, 'throttled'],
    ['TooManyRequestsException', 429, 'throttled'],
    ['Throttling', 400, 'throttled'],
    ['UnknownOperationException', 400, 'unsupported'],
    ['UnsupportedOperationException', 400, 'unsupported'],
    ['AWSOrganizationsNotInUseException', 400, 'unsupported'],
    ['NotFoundException', 400, 'notFound'],
    ['KMSInvalidStateException', 400, 'state'],
    ['DisabledException', 400, 'state'],
    ['ValidationException', 400, 'validation'],
    ['KMSInternalException', 500, 'unavailable'],
    ['DependencyTimeoutException', 503, 'unavailable'],
  ])('%s is %s %s', (name, status, kind) => {
    expect(classify(awsError(name, 'x', status)).kind).toBe(kind)
  })

  test('LimitExceededException is a resource quota in KMS and never taken for a throttle', () => {
    expect(classify(awsError('LimitExceededException', 'x', 400)).kind).not.toBe('throttled')
  })

  test('other emulators say a missing operation in their own ways', () => {
    expect(
      classify(awsError('InternalFailure2', 'The GetKeyLastUsage action is not implemented', 500))
        .kind,
    ).toBe('unsupported')
    expect(
      classify(awsError('Error', 'Unsupported operation: TrentService.GetKeyLastUsage', 400)).kind,
    ).toBe('unsupported')
    expect(classify(awsError('Unknown', 'UnknownError', 501)).kind).toBe('unsupported')
    expect(classify(awsError('Unknown', 'UnknownError', 404)).kind).toBe('unsupported')
  })

  test('a lost connection may come back, whatever layer noticed it', () => {
    expect(
      classify(
        Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }),
      ).kind,
    ).toBe('unavailable')
    expect(classify(new Error('socket hang up')).kind).toBe('unavailable')
    expect(classify(awsError('TimeoutError', 'no answer')).kind).toBe('unavailable')
  })

  test('what nobody foresaw stays unexpected', () => {
    expect(classify(new TypeError('x is not a function')).kind).toBe('unexpected')
    expect(classify('text').kind).toBe('unexpected')
  })
})

test('only what AWS says of the caller counts for every key', () => {
  expect(
    isAccountWideDenial('… because no identity-based policy allows the kms:ListGrants action'),
  ).toBe(true)
  expect(isAccountWideDenial('… with an explicit deny in a service control policy')).toBe(true)
  expect(
    isAccountWideDenial('… because no resource-based policy allows the kms:DescribeKey action'),
  ).toBe(false)
  expect(isAccountWideDenial('… with an explicit deny in a resource-based policy')).toBe(false)
})
