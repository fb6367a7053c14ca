import { describe, expect, it } from 'vitest'
import { account, makeBench, readPath } from './test/direct'

const root = `arn:aws:iam::${account}:root`
const arn = `arn:aws:kms:eu-west-1:${account}:alias`

describe('aliases', () => {
  it('move between keys of one kind and show when', async () => {
    const bench = makeBench()
    const [first, second] = [await bench.makeKey(), await bench.makeKey()]
    const signer = await bench.makeKey({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })
    await bench.run('CreateAlias', { AliasName: 'alias/a', TargetKeyId: first })
    const created = bench.now / 1000
    bench.now += 1000
    await bench.run('UpdateAlias', { AliasName: 'alias/a', TargetKeyId: second })
    expect(await bench.run('ListAliases', { KeyId: first })).toEqual({
      Aliases: [],
      Truncated: false,
    })
    expect(await bench.run('ListAliases', { KeyId: second })).toEqual({
      Aliases: [
        {
          AliasName: 'alias/a',
          AliasArn: `${arn}/a`,
          TargetKeyId: second,
          CreationDate: created,
          LastUpdatedDate: created + 1,
        },
      ],
      Truncated: false,
    })
    expect(await bench.fails('UpdateAlias', { AliasName: 'alias/a', TargetKeyId: signer })).toBe(
      'ValidationException',
    )
    await bench.run('ScheduleKeyDeletion', { KeyId: first })
    expect(await bench.fails('UpdateAlias', { AliasName: 'alias/a', TargetKeyId: first })).toBe(
      'KMSInvalidStateException',
    )
    await bench.run('ScheduleKeyDeletion', { KeyId: second })
    expect(
      await bench.fails('UpdateAlias', {
        AliasName: 'alias/a',
        TargetKeyId: await bench.makeKey(),
      }),
    ).toBe('ok')
    expect(await bench.fails('DeleteAlias', { AliasName: 'alias/a' })).toBe('ok')
    expect(await bench.fails('DeleteAlias', { AliasName: 'alias/a' })).toBe('NotFoundException')
  })

  it.each([
    ['a', 'ValidationException'],
    ['alias/aws/x', 'NotAuthorizedException'],
    ['alias/a:b', 'ValidationException'],
    ['alias/a b', 'ValidationException'],
    ['alias/taken', 'AlreadyExistsException'],
  ])('named %s are refused with %s', async (name, error) => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    await bench.run('CreateAlias', { AliasName: 'alias/taken', TargetKeyId: keyId })
    expect(await bench.fails('CreateAlias', { AliasName: name, TargetKeyId: keyId })).toBe(error)
  })

  it('of one key are at most 50', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    for (let index = 0; index < 50; index += 1)
      await bench.run('CreateAlias', { AliasName: `alias/${index}`, TargetKeyId: keyId })
    expect(await bench.fails('CreateAlias', { AliasName: 'alias/50', TargetKeyId: keyId })).toBe(
      'LimitExceededException',
    )
  })
})

describe('key policies', () => {
  const policy = (statement: object) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*', ...statement },
      ],
    })

  it('come back letter for letter', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    const text = `{"Version": "2012-10-17",\n\t"Statement": ${JSON.stringify(JSON.parse(policy({})).Statement)} }`
    await bench.run('PutKeyPolicy', { KeyId: keyId, Policy: text, PolicyName: 'default' })
    expect(await bench.run('GetKeyPolicy', { KeyId: keyId })).toEqual({
      Policy: text,
      PolicyName: 'default',
    })
    expect(await bench.run('ListKeyPolicies', { KeyId: keyId })).toEqual({
      PolicyNames: ['default'],
      Truncated: false,
    })
    expect(await bench.fails('GetKeyPolicy', { KeyId: keyId, PolicyName: 'other' })).toBe(
      'NotFoundException',
    )
  })

  it('by default leave the key to its account', async () => {
    const bench = makeBench()
    const text = readPath(
      await bench.run('GetKeyPolicy', { KeyId: await bench.makeKey() }),
      'Policy',
    )
    expect(JSON.parse(text)).toEqual({
      Version: '2012-10-17',
      Id: 'key-default-1',
      Statement: [
        {
          Sid: 'Enable IAM User Permissions',
          Effect: 'Allow',
          Principal: { AWS: root },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    })
  })

  it.each([
    ['text that is no JSON', 'x'],
    ['no statement', '{"Version":"2012-10-17"}'],
    ['another version', '{"Version":"2020-01-01","Statement":[]}'],
    ['an unknown effect', policy({ Effect: 'Maybe' })],
    ['no principal', policy({ Principal: undefined })],
    ['no action', policy({ Action: undefined })],
    ['no resource', policy({ Resource: undefined })],
    ['both action and not-action', policy({ NotAction: 'kms:*' })],
    [
      'a role that is not there',
      policy({ Principal: { AWS: [root, `arn:aws:iam::${account}:role/Gone`] } }),
    ],
    ['a group', policy({ Principal: { AWS: [root, `arn:aws:iam::${account}:group/g`] } })],
    ['a stray element', policy({ Principals: '*' })],
    ['a lock for its author', policy({ Action: 'kms:Decrypt' })],
    ['a deny for its author', policy({ Effect: 'Deny', Action: 'kms:PutKeyPolicy' })],
  ])('with %s are malformed', async (_what, text) => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    const before = await bench.run('GetKeyPolicy', { KeyId: keyId })
    expect(await bench.fails('PutKeyPolicy', { KeyId: keyId, Policy: text })).toBe(
      'MalformedPolicyDocumentException',
    )
    expect(await bench.run('GetKeyPolicy', { KeyId: keyId })).toEqual(before)
    expect(await bench.fails('CreateKey', { Policy: text })).toBe(
      'MalformedPolicyDocumentException',
    )
  })

  it('lock the author out only when asked to', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    const locked = policy({ Action: ['kms:Decrypt', 'kms:GetKeyPolicy'] })
    expect(
      await bench.fails('PutKeyPolicy', {
        KeyId: keyId,
        Policy: locked,
        BypassPolicyLockoutSafetyCheck: true,
      }),
    ).toBe('ok')
    expect(await bench.fails('PutKeyPolicy', { KeyId: keyId, Policy: policy({}) })).toBe(
      'AccessDeniedException',
    )
  })

  it('are at most 32 KB', async () => {
    const bench = makeBench()
    const long = policy({ Sid: 'x'.repeat(32_768) })
    expect(await bench.fails('PutKeyPolicy', { KeyId: await bench.makeKey(), Policy: long })).toBe(
      'LimitExceededException',
    )
  })
})

describe('tags', () => {
  it('are set, replaced and taken away', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey({ Tags: [{ TagKey: 'a', TagValue: '1' }] })
    await bench.run('TagResource', {
      KeyId: keyId,
      Tags: [
        { TagKey: 'a', TagValue: '2' },
        { TagKey: 'b', TagValue: '' },
      ],
    })
    await bench.run('UntagResource', { KeyId: keyId, TagKeys: ['b', 'none'] })
    expect(await bench.run('ListResourceTags', { KeyId: keyId })).toEqual({
      Tags: [{ TagKey: 'a', TagValue: '2' }],
      Truncated: false,
    })
    const many = Array.from({ length: 50 }, (_, index) => ({ TagKey: `t${index}`, TagValue: '' }))
    expect(await bench.fails('TagResource', { KeyId: keyId, Tags: many })).toBe(
      'LimitExceededException',
    )
  })
})
