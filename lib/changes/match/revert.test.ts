import { expect, test } from 'vitest'
import { kinds } from '../kinds/registry'
import { isRevertible, revertOf } from './revert'

type Made = Parameters<typeof revertOf>[1]
const nothing: Made = { request: {}, grantId: null, policyBefore: null }
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111122223333:root' },
      Action: 'kms:*',
      Resource: '*',
    },
  ],
})
const grantId = 'f020fe75197b93991dc8491d6f19dd3cebb24ee62277a05914386724f3d48758'

/** What a record says of each, in the members that CloudTrail has. */
const made: Readonly<Record<string, Partial<Made>>> = {
  DisableKey: {},
  EnableKey: {},
  ScheduleKeyDeletion: {},
  EnableKeyRotation: {},
  DisableKeyRotation: {},
  PutKeyPolicy: { policyBefore: policy },
  TagResource: { request: { tags: [{ tagKey: 'team', tagValue: 'pay' }] } },
  UntagResource: { request: { tagKeys: ['team'] } },
  CreateAlias: { request: { aliasName: 'alias/pay' } },
  DeleteAlias: { request: { aliasName: 'alias/pay' } },
  CreateGrant: { grantId },
}

test.each(Object.entries(made))('what puts %s back is an input that its kind takes', (name, of) => {
  const revert = revertOf(name, { ...nothing, ...of })
  expect(isRevertible(name)).toBe(true)
  if (!revert) throw new Error('nothing puts it back')
  expect(() => kinds[revert.kind].parse(revert.input)).not.toThrow()
})

test('where the record does not say how, nothing is offered', () => {
  for (const name of ['PutKeyPolicy', 'TagResource', 'CreateAlias', 'CreateGrant', 'CreateKey'])
    expect(revertOf(name, nothing), name).toBeNull()
  expect(isRevertible('constructor')).toBe(false)
})
