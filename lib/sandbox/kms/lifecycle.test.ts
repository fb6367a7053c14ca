import { describe, expect, it } from 'vitest'
import type { Input } from '../call'
import { AwsError } from '../call'
import { account, base64, makeBench, readPath, type Bench } from './test/direct'

const day = 86_400_000

async function failure(bench: Bench, operation: string, input: Input, at = {}) {
  try {
    await bench.run(operation, input, at)
  } catch (error) {
    if (error instanceof AwsError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'ok'
}

describe('CreateKey and DescribeKey', () => {
  const common = {
    AWSAccountId: account,
    Description: '',
    Enabled: true,
    KeyState: 'Enabled',
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    MultiRegion: false,
  }
  it.each([
    [
      {},
      {
        KeyUsage: 'ENCRYPT_DECRYPT',
        KeySpec: 'SYMMETRIC_DEFAULT',
        CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
        EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      },
    ],
    [
      { KeySpec: 'RSA_4096', KeyUsage: 'ENCRYPT_DECRYPT' },
      {
        CustomerMasterKeySpec: 'RSA_4096',
        EncryptionAlgorithms: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'],
      },
    ],
    [
      { KeySpec: 'ECC_NIST_P384', KeyUsage: 'SIGN_VERIFY' },
      { CustomerMasterKeySpec: 'ECC_NIST_P384', SigningAlgorithms: ['ECDSA_SHA_384'] },
    ],
    [
      { KeySpec: 'ECC_NIST_P521', KeyUsage: 'KEY_AGREEMENT' },
      { CustomerMasterKeySpec: 'ECC_NIST_P521', KeyAgreementAlgorithms: ['ECDH'] },
    ],
    [
      { KeySpec: 'HMAC_224', KeyUsage: 'GENERATE_VERIFY_MAC' },
      { CustomerMasterKeySpec: 'HMAC_224', MacAlgorithms: ['HMAC_SHA_224'] },
    ],
    [
      { KeySpec: 'ML_DSA_87', KeyUsage: 'SIGN_VERIFY' },
      { CustomerMasterKeySpec: 'ML_DSA_87', SigningAlgorithms: ['ML_DSA_SHAKE_256'] },
    ],
    [
      { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' },
      { EncapsulationAlgorithms: ['ML_KEM'] },
    ],
    [
      { KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY' },
      { SigningAlgorithms: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'] },
    ],
  ])('%j shows exactly the fields of its kind', async (asked, shown) => {
    const bench = makeBench()
    const { KeyMetadata } = await bench.run('CreateKey', asked)
    const keyId = readPath({ KeyMetadata }, 'KeyMetadata', 'KeyId')
    const material =
      Object.keys(asked).length === 0
        ? { CurrentKeyMaterialId: bench.key(keyId).materials[0]?.id }
        : {}
    const fixed = {
      KeyId: keyId,
      Arn: `arn:aws:kms:eu-west-1:${account}:key/${keyId}`,
      CreationDate: bench.now / 1000,
    }
    expect(KeyMetadata).toEqual({ ...common, ...fixed, ...asked, ...shown, ...material })
    expect(await bench.run('DescribeKey', { KeyId: keyId })).toEqual({ KeyMetadata })
  })

  it.each([
    [{ KeySpec: 'RSA_2048' }, /ValidationException: You must specify a KeyUsage/],
    [
      { KeySpec: 'HMAC_256', KeyUsage: 'SIGN_VERIFY' },
      /ValidationException: KeyUsage SIGN_VERIFY is not compatible with KeySpec HMAC_256/,
    ],
    [{ KeySpec: 'ECC_SECG_P256K1', KeyUsage: 'KEY_AGREEMENT' }, /ValidationException/],
    [{ KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' }, /UnsupportedOperationException/],
    [
      { KeySpec: 'AES' },
      /^ValidationException: 1 validation error detected: Value 'AES' at 'keySpec' failed to .*enum value set/,
    ],
    [{ Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: 'cks-none' }, /CustomKeyStoreNotFoundException/],
    [{ Tags: [{ TagKey: 'aws:x', TagValue: '' }] }, /TagException/],
    [
      {
        Tags: [
          { TagKey: 'a', TagValue: '' },
          { TagKey: 'a', TagValue: '' },
        ],
      },
      /TagException/,
    ],
    [{ Policy: '{' }, /MalformedPolicyDocumentException/],
    [{ Description: 5 }, /SerializationException/],
  ])('%j is refused', async (asked, words) => {
    expect(await failure(makeBench(), 'CreateKey', asked)).toMatch(words)
  })

  it('finds a key by id, ARN, alias and alias ARN, and says as AWS does what is not there', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    await bench.run('CreateAlias', { AliasName: 'alias/a', TargetKeyId: keyId })
    const arn = `arn:aws:kms:eu-west-1:${account}`
    for (const id of [keyId, `${arn}:key/${keyId}`, 'alias/a', `${arn}:alias/a`]) {
      expect(await bench.run('DescribeKey', { KeyId: id })).toMatchObject({
        KeyMetadata: { KeyId: keyId },
      })
    }
    const gone = '00000000-0000-0000-0000-000000000000'
    const words: [string, string, string][] = [
      ['DescribeKey', gone, `NotFoundException: Key '${arn}:key/${gone}' does not exist`],
      ['DescribeKey', 'alias/none', `NotFoundException: Alias ${arn}:alias/none is not found.`],
      ['DescribeKey', 'nonsense', "NotFoundException: Invalid keyId 'nonsense'"],
      [
        'DescribeKey',
        `arn:aws:kms:us-west-2:${account}:key/${keyId}`,
        'NotFoundException: Invalid arn us-west-2',
      ],
      ['GetKeyPolicy', 'alias/a', "NotFoundException: Invalid keyId 'alias/a'"],
    ]
    for (const [operation, id, said] of words)
      expect(await failure(bench, operation, { KeyId: id })).toBe(said)
    expect(await failure(bench, 'EnableKey', { KeyId: `${arn}:alias/a` })).toMatch(
      /^InvalidArnException/,
    )
    expect(
      await failure(bench, 'DescribeKey', {
        KeyId: `arn:aws:kms:eu-west-1:444455556666:key/${gone}`,
      }),
    ).toMatch(/^AccessDeniedException: User: .* is not authorized to perform: kms:DescribeKey/)
  })

  it('makes the AWS managed key of a predefined alias at first sight, and lets nobody change it', async () => {
    const bench = makeBench()
    const first = await bench.run('DescribeKey', { KeyId: 'alias/aws/s3' })
    expect(first).toMatchObject({ KeyMetadata: { KeyManager: 'AWS', KeyState: 'Enabled' } })
    expect(await bench.run('DescribeKey', { KeyId: 'alias/aws/s3' })).toEqual(first)
    const keyId = readPath(first, 'KeyMetadata', 'KeyId')
    expect(await bench.run('GetKeyRotationStatus', { KeyId: keyId })).toMatchObject({
      KeyRotationEnabled: true,
      RotationPeriodInDays: 365,
    })
    for (const [operation, more] of Object.entries({
      DisableKey: {},
      ScheduleKeyDeletion: {},
      TagResource: { Tags: [] },
      PutKeyPolicy: { Policy: '{}' },
    })) {
      expect([operation, await bench.fails(operation, { KeyId: keyId, ...more })]).toEqual([
        operation,
        'AccessDeniedException',
      ])
    }
    expect(await failure(bench, 'DescribeKey', { KeyId: 'alias/aws/nothing' })).toMatch(
      /^NotFoundException/,
    )
  })
})

describe('deletion', () => {
  it('comes after the window, takes the aliases, and leaves a trail', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    await bench.run('CreateAlias', { AliasName: 'alias/a', TargetKeyId: keyId })
    const answer = await bench.run('ScheduleKeyDeletion', { KeyId: keyId, PendingWindowInDays: 7 })
    const due = bench.now + 7 * day
    expect(answer).toEqual({
      KeyId: bench.key(keyId).arn,
      DeletionDate: due / 1000,
      KeyState: 'PendingDeletion',
      PendingWindowInDays: 7,
    })
    bench.now = due - 1
    expect(await bench.run('DescribeKey', { KeyId: keyId })).toMatchObject({
      KeyMetadata: { KeyState: 'PendingDeletion', DeletionDate: due / 1000 },
    })
    expect(await failure(bench, 'Encrypt', { KeyId: keyId, Plaintext: base64('x') })).toMatch(
      /^KMSInvalidStateException: arn:.* is pending deletion\.$/,
    )
    bench.now = due
    expect(await bench.fails('DescribeKey', { KeyId: keyId })).toBe('NotFoundException')
    expect(JSON.stringify(await bench.run('ListAliases'))).not.toContain('TargetKeyId')
    expect(await bench.run('ListKeys')).toEqual({ Keys: [], Truncated: false })
    const events = bench.world.accounts.get(account)?.regions.get('eu-west-1')?.events ?? []
    expect(events.map((event) => event.record.eventName)).toContain('DeleteKey')
  })

  it.each([6, 31])('of %i days is refused', async (days) => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    expect(
      await failure(bench, 'ScheduleKeyDeletion', { KeyId: keyId, PendingWindowInDays: days }),
    ).toBe('ValidationException: PendingWindowInDays must be between 7 and 30')
  })

  it('when cancelled leaves the key disabled, and usable once enabled', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    await bench.run('ScheduleKeyDeletion', { KeyId: keyId })
    expect(await bench.run('CancelKeyDeletion', { KeyId: keyId })).toEqual({
      KeyId: bench.key(keyId).arn,
    })
    expect(await failure(bench, 'Encrypt', { KeyId: keyId, Plaintext: base64('x') })).toMatch(
      /^DisabledException: arn:.* is disabled\.$/,
    )
    await bench.run('EnableKey', { KeyId: keyId })
    bench.now += 400 * day
    expect(await bench.fails('Encrypt', { KeyId: keyId, Plaintext: base64('x') })).toBe('ok')
  })
})

describe('GetKeyLastUsage', () => {
  it('tells the last cryptographic success, and nothing of failures and reads', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    const usage = async () => (await bench.run('GetKeyLastUsage', { KeyId: keyId })).KeyLastUsage
    await bench.run('DescribeKey', { KeyId: keyId })
    expect(await usage()).toEqual({})
    await bench.run('Encrypt', { KeyId: keyId, Plaintext: base64('x') })
    const call = bench.lastCall
    bench.now += 1000
    expect(await bench.fails('Decrypt', { KeyId: keyId, CiphertextBlob: base64('x') })).not.toBe(
      'ok',
    )
    expect(await usage()).toEqual({
      Operation: 'Encrypt',
      Timestamp: (bench.now - 1000) / 1000,
      CloudTrailEventId: call?.eventId,
      KmsRequestId: call?.requestId,
    })
  })

  it('begins with the tracking for older keys', async () => {
    const bench = makeBench(Date.UTC(2026, 0, 1))
    const keyId = await bench.makeKey()
    expect(await bench.run('GetKeyLastUsage', { KeyId: keyId })).toMatchObject({
      TrackingStartDate: Date.UTC(2026, 3, 23) / 1000,
      KeyCreationDate: Date.UTC(2026, 0, 1) / 1000,
    })
  })
})
