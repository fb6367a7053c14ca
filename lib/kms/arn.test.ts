import { expect, it } from 'vitest'
import { keyPathOf, parseKeyArn, partitionOfArn } from './arn'

const arn = 'arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/mrk-1234abcd'

it('reads a key’s place out of its ARN, and leads to its page', () => {
  expect(parseKeyArn(arn)).toEqual({
    partition: 'aws-us-gov',
    region: 'us-gov-west-1',
    accountId: '111122223333',
    keyId: 'mrk-1234abcd',
  })
  expect(keyPathOf(arn)).toBe('/keys/111122223333/us-gov-west-1/mrk-1234abcd')
})

it.each([
  '',
  'alias/orders',
  'arn:aws:kms:eu-west-1:111122223333:alias/orders',
  'arn:aws:s3:eu-west-1:111122223333:key/x',
  'arn:aws:kms:eu-west-1:1:key/x',
  'arn:aws:kms:eu-west-1:111122223333:key/x/../../settings',
  `${arn}\n`,
  `${arn}?x`,
])('takes %j for no key', (text) => {
  expect([parseKeyArn(text), keyPathOf(text)]).toEqual([null, null])
})

it('says the usual partition of what names none', () => {
  expect([partitionOfArn(null), partitionOfArn('x'), partitionOfArn(arn)]).toEqual([
    'aws',
    'aws',
    'aws-us-gov',
  ])
})
