import { createPublicKey, publicEncrypt, constants, randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { AwsError, type Input } from '../call'
import { base64, makeBench, readPath, type Bench } from './test/direct'

/** What AWS was recorded to answer where a guess would be wrong: exact codes and words. */

async function refusal(bench: Bench, operation: string, input: Input): Promise<[string, string]> {
  try {
    await bench.run(operation, input)
  } catch (error) {
    if (error instanceof AwsError) return [error.code, error.message]
    throw error
  }
  throw new Error(`${operation} did not fail`)
}

const cannotPerform = [
  'IncorrectKeyException',
  'The key ID in the request does not identify a CMK that can perform this operation.',
]

it('names the key by its ARN in the answers about rotation, whatever named it', async () => {
  const bench = makeBench()
  const keyId = await bench.makeKey()
  const { arn } = bench.key(keyId)
  expect(await bench.run('RotateKeyOnDemand', { KeyId: keyId })).toEqual({ KeyId: arn })
  expect(await bench.run('GetKeyRotationStatus', { KeyId: keyId })).toMatchObject({ KeyId: arn })
  const { Rotations } = await bench.run('ListKeyRotations', {
    KeyId: keyId,
    IncludeKeyMaterial: 'ALL_KEY_MATERIAL',
  })
  expect(Rotations).toMatchObject([{ KeyId: arn }])
})

it('refuses a key that cannot have made the ciphertext as an incorrect key, of whatever kind it is', async () => {
  const bench = makeBench()
  const { CiphertextBlob } = await bench.run('Encrypt', {
    KeyId: await bench.makeKey(),
    Plaintext: base64('x'),
  })
  const destination = await bench.makeKey()
  for (const kind of [{}, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }]) {
    const KeyId = await bench.makeKey(kind)
    expect(await refusal(bench, 'Decrypt', { CiphertextBlob, KeyId })).toEqual(cannotPerform)
    const asked = { CiphertextBlob, SourceKeyId: KeyId, DestinationKeyId: destination }
    expect(await refusal(bench, 'ReEncrypt', asked)).toEqual(cannotPerform)
  }
})

it('says that a disabled key is disabled before it looks at its spec', async () => {
  const bench = makeBench()
  for (const kind of [{}, { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }]) {
    const KeyId = await bench.makeKey(kind)
    await bench.run('DisableKey', { KeyId })
    const words = `${bench.key(KeyId).arn} is disabled.`
    expect(await refusal(bench, 'RotateKeyOnDemand', { KeyId })).toEqual([
      'DisabledException',
      words,
    ])
  }
})

it('reserves tag keys that begin with aws: in any case', async () => {
  const bench = makeBench()
  const words = ['TagException', 'Tags beginning with aws: are reserved']
  for (const TagKey of ['aws:a', 'AWS:a', 'aWs:a']) {
    expect(await refusal(bench, 'CreateKey', { Tags: [{ TagKey, TagValue: 'x' }] })).toEqual(words)
    expect(
      await refusal(bench, 'UntagResource', { KeyId: await bench.makeKey(), TagKeys: [TagKey] }),
    ).toEqual(words)
  }
})

it('gives a replica its tags back only where it got some, and no material while it is made', async () => {
  const bench = makeBench()
  const KeyId = await bench.makeKey({ MultiRegion: true })
  const bare = await bench.run('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' })
  expect(bare).not.toHaveProperty('ReplicaTags')
  expect(bare).not.toHaveProperty('ReplicaKeyMetadata.CurrentKeyMaterialId')
  bench.now += 5_000
  const made = await bench.run('DescribeKey', { KeyId }, { region: 'us-east-1' })
  expect(made).toHaveProperty('KeyMetadata.CurrentKeyMaterialId', bench.key(KeyId).materials[0]?.id)
  const tagged = await bench.run('ReplicateKey', {
    KeyId,
    ReplicaRegion: 'us-west-2',
    Tags: [{ TagKey: 'a', TagValue: 'b' }],
  })
  expect(tagged.ReplicaTags).toEqual([{ TagKey: 'a', TagValue: 'b' }])
})

it('refuses in its own words what is no primary, nothing to rotate to, and a second waiting material', async () => {
  const bench = makeBench()
  const single = await bench.makeKey()
  expect(
    await refusal(bench, 'ReplicateKey', { KeyId: single, ReplicaRegion: 'us-east-1' }),
  ).toEqual([
    'UnsupportedOperationException',
    `${bench.key(single).arn} is not a multi-region primary key.`,
  ])
  const KeyId = await bench.makeKey({ Origin: 'EXTERNAL' })
  const { arn } = bench.key(KeyId)
  await importBytes(bench, KeyId)
  expect(await refusal(bench, 'RotateKeyOnDemand', { KeyId })).toEqual([
    'KMSInvalidStateException',
    `No available key material pending rotation for the key: ${arn}.`,
  ])
  await importBytes(bench, KeyId, { ImportType: 'NEW_KEY_MATERIAL' })
  const waiting = bench.key(KeyId).materials.at(-1)?.id
  const third = importBytes(bench, KeyId, { ImportType: 'NEW_KEY_MATERIAL' })
  await expect(third).rejects.toThrow(
    new RegExp(
      `^New key material \\(id: [0-9a-f]{64}\\) cannot be imported into KMS key ${arn}, ` +
        `because another key material \\(id: ${waiting}\\) is pending rotation\\.$`,
    ),
  )
})

it('says nothing about a public key that it cannot read', async () => {
  const bench = makeBench()
  const KeyId = await bench.makeKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' })
  const asked = { KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey: base64('no key') }
  expect(await refusal(bench, 'DeriveSharedSecret', asked)).toEqual(['ValidationException', ''])
})

it('lists the aliases of AWS’s own keys before there are any, without a target', async () => {
  const bench = makeBench()
  const { Aliases } = await bench.run('ListAliases', { Limit: 100 })
  const names = Array.isArray(Aliases) ? Aliases.map((alias) => readPath(alias, 'AliasName')) : []
  expect(names).toEqual(
    expect.arrayContaining(['alias/aws/ebs', 'alias/aws/s3', 'alias/aws/secretsmanager']),
  )
  expect(JSON.stringify(Aliases)).not.toContain('TargetKeyId')
  await bench.run('DescribeKey', { KeyId: 'alias/aws/ebs' })
  const after = await bench.run('ListAliases', { Limit: 100 })
  expect(JSON.stringify(after).match(/TargetKeyId/g)).toHaveLength(1)
})

async function importBytes(bench: Bench, KeyId: string, more: Input = {}) {
  const parameters = await bench.run('GetParametersForImport', {
    KeyId,
    WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    WrappingKeySpec: 'RSA_2048',
  })
  const key = createPublicKey({
    key: Buffer.from(readPath(parameters, 'PublicKey'), 'base64'),
    format: 'der',
    type: 'spki',
  })
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  const wrapped = publicEncrypt({ key, padding, oaepHash: 'sha256' }, randomBytes(32))
  await bench.run('ImportKeyMaterial', {
    KeyId,
    ImportToken: parameters.ImportToken,
    EncryptedKeyMaterial: wrapped.toString('base64'),
    ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    ...more,
  })
}
