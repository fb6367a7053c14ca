import {
  constants,
  createCipheriv,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Input } from '../call'
import { base64, makeBench, readPath, type Bench } from './test/direct'

const day = 86_400_000
const forever = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }

/** Wraps as the caller of ImportKeyMaterial must, and imports. */
async function importBytes(
  bench: Bench,
  keyId: string,
  bytes: Buffer,
  more: Input = forever,
  algorithm = 'RSAES_OAEP_SHA_256',
  region = 'eu-west-1',
) {
  const parameters = await bench.run(
    'GetParametersForImport',
    { KeyId: keyId, WrappingAlgorithm: algorithm, WrappingKeySpec: 'RSA_2048' },
    { region },
  )
  const wrapped = wrap(readPath(parameters, 'PublicKey'), algorithm, bytes)
  return bench.fails(
    'ImportKeyMaterial',
    {
      KeyId: keyId,
      ImportToken: parameters.ImportToken,
      EncryptedKeyMaterial: wrapped.toString('base64'),
      ...more,
    },
    { region },
  )
}

function wrap(publicKey: string, algorithm: string, bytes: Buffer): Buffer {
  const key = createPublicKey({
    key: Buffer.from(publicKey, 'base64'),
    format: 'der',
    type: 'spki',
  })
  const rsa = (data: Buffer) =>
    publicEncrypt(
      {
        key,
        padding: constants.RSA_PKCS1_OAEP_PADDING,
        oaepHash: algorithm.endsWith('256') ? 'sha256' : 'sha1',
      },
      data,
    )
  if (!algorithm.startsWith('RSA_AES')) return rsa(bytes)
  const aes = randomBytes(32)
  const cipher = createCipheriv('id-aes256-wrap-pad', aes, Buffer.from('a65959a6', 'hex'))
  return Buffer.concat([rsa(aes), cipher.update(bytes), cipher.final()])
}

const metadata = async (bench: Bench, keyId: string, region = 'eu-west-1') =>
  Object((await bench.run('DescribeKey', { KeyId: keyId }, { region })).KeyMetadata)
const materials = async (bench: Bench, keyId: string, region = 'eu-west-1') => {
  const { Rotations } = await bench.run(
    'ListKeyRotations',
    { KeyId: keyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' },
    { region },
  )
  return Array.isArray(Rotations)
    ? Rotations.map(
        (entry) => `${readPath(entry, 'KeyMaterialState')} ${readPath(entry, 'ImportState')}`,
      )
    : []
}

describe('imported symmetric material', () => {
  it('wakes a key that waits for it, under every wrapping, and the same bytes have the same id', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey({ Origin: 'EXTERNAL' })
    expect(await metadata(bench, keyId)).toMatchObject({
      KeyState: 'PendingImport',
      Enabled: false,
    })
    expect(await metadata(bench, keyId)).not.toHaveProperty('CurrentKeyMaterialId')
    const bytes = randomBytes(32)
    expect(await importBytes(bench, keyId, bytes)).toBe('ok')
    const first = await metadata(bench, keyId)
    expect(first).toMatchObject({
      KeyState: 'Enabled',
      ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    })
    const { CiphertextBlob } = await bench.run('Encrypt', { KeyId: keyId, Plaintext: base64('x') })
    await bench.run('DeleteImportedKeyMaterial', { KeyId: keyId })
    expect(await metadata(bench, keyId)).toMatchObject({ KeyState: 'PendingImport' })
    expect(await importBytes(bench, keyId, randomBytes(32))).toBe('IncorrectKeyMaterialException')
    expect(await importBytes(bench, keyId, bytes, forever, 'RSAES_OAEP_SHA_1')).toBe('ok')
    expect((await metadata(bench, keyId)).CurrentKeyMaterialId).toBe(first.CurrentKeyMaterialId)
    expect(await bench.run('Decrypt', { CiphertextBlob })).toMatchObject({ Plaintext: base64('x') })
  })

  it('expires on its day, and says so in the trail', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey({ Origin: 'EXTERNAL' })
    const validTo = bench.now + 10 * day
    expect(await importBytes(bench, keyId, randomBytes(32), { ValidTo: validTo / 1000 })).toBe('ok')
    expect(await metadata(bench, keyId)).toMatchObject({
      ValidTo: validTo / 1000,
      ExpirationModel: 'KEY_MATERIAL_EXPIRES',
    })
    bench.now = validTo - 1
    expect(await metadata(bench, keyId)).toMatchObject({ KeyState: 'Enabled' })
    bench.now = validTo
    expect(await metadata(bench, keyId)).toMatchObject({ KeyState: 'PendingImport' })
    expect(await metadata(bench, keyId)).not.toHaveProperty('ValidTo')
    const events = bench.world.accounts.get('111122223333')?.regions.get('eu-west-1')?.events ?? []
    expect(events.map((event) => event.record.eventName)).toContain('DeleteExpiredKeyMaterial')
  })

  it('needs an expiry that can be kept', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey({ Origin: 'EXTERNAL' })
    for (const more of [
      {},
      { ValidTo: bench.now / 1000 - 1 },
      { ValidTo: (bench.now + 366 * day) / 1000 },
      { ...forever, ValidTo: (bench.now + day) / 1000 },
    ]) {
      expect(await importBytes(bench, keyId, randomBytes(32), more)).toBe('ValidationException')
    }
  })

  it('is refused with a stale, foreign or broken token, and when it was wrapped for another', async () => {
    const bench = makeBench()
    const [keyId, other] = [
      await bench.makeKey({ Origin: 'EXTERNAL' }),
      await bench.makeKey({ Origin: 'EXTERNAL' }),
    ]
    const asked = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' }
    const parameters = await bench.run('GetParametersForImport', { KeyId: keyId, ...asked })
    const material = wrap(
      readPath(parameters, 'PublicKey'),
      'RSAES_OAEP_SHA_256',
      randomBytes(32),
    ).toString('base64')
    const attempt = {
      KeyId: keyId,
      ImportToken: parameters.ImportToken,
      EncryptedKeyMaterial: material,
      ...forever,
    }
    expect(await bench.fails('ImportKeyMaterial', { ...attempt, KeyId: other })).toBe(
      'InvalidImportTokenException',
    )
    expect(
      await bench.fails('ImportKeyMaterial', {
        ...attempt,
        ImportToken: base64('no token at all, just thirty bytes or more'),
      }),
    ).toBe('InvalidImportTokenException')
    expect(
      await bench.fails('ImportKeyMaterial', {
        ...attempt,
        EncryptedKeyMaterial: base64('unwrapped'),
      }),
    ).toBe('ValidationException')
    expect(
      await bench.fails('ImportKeyMaterial', {
        ...attempt,
        EncryptedKeyMaterial: Buffer.alloc(256, 1).toString('base64'),
      }),
    ).toBe('InvalidCiphertextException')
    bench.now += day + 1
    expect(await bench.fails('ImportKeyMaterial', attempt)).toBe('ExpiredImportTokenException')
  })

  it('rotates: new material waits, becomes current on demand, and both must stay', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey({ Origin: 'EXTERNAL' })
    const [first, second] = [randomBytes(32), randomBytes(32)]
    await importBytes(bench, keyId, first)
    expect(await bench.fails('RotateKeyOnDemand', { KeyId: keyId })).toBe(
      'KMSInvalidStateException',
    )
    const { CiphertextBlob } = await bench.run('Encrypt', { KeyId: keyId, Plaintext: base64('x') })
    const fresh = { ...forever, ImportType: 'NEW_KEY_MATERIAL', KeyMaterialDescription: 'second' }
    expect(await importBytes(bench, keyId, first, fresh)).toBe('IncorrectKeyMaterialException')
    expect(await importBytes(bench, keyId, second, fresh)).toBe('ok')
    expect(await importBytes(bench, keyId, randomBytes(32), fresh)).toBe('KMSInvalidStateException')
    expect(await materials(bench, keyId)).toEqual(['CURRENT IMPORTED', 'PENDING_ROTATION IMPORTED'])
    await bench.run('RotateKeyOnDemand', { KeyId: keyId })
    bench.now += 3000
    expect(await materials(bench, keyId)).toEqual(['NON_CURRENT IMPORTED', 'CURRENT IMPORTED'])
    expect(await bench.run('Decrypt', { CiphertextBlob })).toMatchObject({ Plaintext: base64('x') })
    await bench.run('DeleteImportedKeyMaterial', {
      KeyId: keyId,
      KeyMaterialId: bench.key(keyId).materials[0]?.id,
    })
    expect(await metadata(bench, keyId)).toMatchObject({ KeyState: 'PendingImport' })
    expect(await importBytes(bench, keyId, first)).toBe('ok')
    expect(await metadata(bench, keyId)).toMatchObject({ KeyState: 'Enabled' })
  })

  it('of a multi-Region set must be in every Region before it can rotate', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey({ Origin: 'EXTERNAL', MultiRegion: true })
    const [first, second] = [randomBytes(32), randomBytes(32)]
    await importBytes(bench, keyId, first)
    await bench.run('ReplicateKey', { KeyId: keyId, ReplicaRegion: 'us-east-1' })
    bench.now += 3000
    expect(await metadata(bench, keyId, 'us-east-1')).toMatchObject({ KeyState: 'PendingImport' })
    expect(await importBytes(bench, keyId, first, forever, 'RSAES_OAEP_SHA_256', 'us-east-1')).toBe(
      'ok',
    )
    const fresh = { ...forever, ImportType: 'NEW_KEY_MATERIAL' }
    expect(await importBytes(bench, keyId, second, fresh, 'RSAES_OAEP_SHA_256', 'us-east-1')).toBe(
      'UnsupportedOperationException',
    )
    expect(await importBytes(bench, keyId, second, fresh)).toBe('ok')
    expect(await materials(bench, keyId)).toEqual([
      'CURRENT IMPORTED',
      'PENDING_MULTI_REGION_IMPORT_AND_ROTATION IMPORTED',
    ])
    expect(await bench.fails('RotateKeyOnDemand', { KeyId: keyId })).toBe(
      'KMSInvalidStateException',
    )
    expect(
      await importBytes(bench, keyId, second, forever, 'RSAES_OAEP_SHA_256', 'us-east-1'),
    ).toBe('ok')
    expect(await materials(bench, keyId, 'us-east-1')).toEqual([
      'CURRENT IMPORTED',
      'PENDING_ROTATION IMPORTED',
    ])
    expect(await bench.fails('RotateKeyOnDemand', { KeyId: keyId })).toBe('ok')
    bench.now += 3000
    expect(await materials(bench, keyId, 'us-east-1')).toEqual([
      'NON_CURRENT IMPORTED',
      'CURRENT IMPORTED',
    ])
  })
})

describe('imported asymmetric and HMAC material', () => {
  const der = (pair: { privateKey: KeyObject }) =>
    pair.privateKey.export({ format: 'der', type: 'pkcs8' })

  it.each([
    [
      'RSA_2048',
      'SIGN_VERIFY',
      () => der(generateKeyPairSync('rsa', { modulusLength: 2048 })),
      'RSA_AES_KEY_WRAP_SHA_256',
    ],
    [
      'ECC_NIST_P256',
      'SIGN_VERIFY',
      () => der(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
      'RSAES_OAEP_SHA_256',
    ],
    [
      'ECC_SECG_P256K1',
      'SIGN_VERIFY',
      () => der(generateKeyPairSync('ec', { namedCurve: 'secp256k1' })),
      'RSA_AES_KEY_WRAP_SHA_1',
    ],
    ['HMAC_384', 'GENERATE_VERIFY_MAC', () => randomBytes(48), 'RSAES_OAEP_SHA_256'],
  ] as const)('%s takes its own kind, once and for ever', async (spec, usage, make, algorithm) => {
    const bench = makeBench()
    const keyId = await bench.makeKey({ KeySpec: spec, KeyUsage: usage, Origin: 'EXTERNAL' })
    const bytes = make()
    expect(await importBytes(bench, keyId, randomBytes(20), forever, algorithm)).toBe(
      'IncorrectKeyMaterialException',
    )
    expect(
      await importBytes(
        bench,
        keyId,
        bytes,
        { ...forever, ImportType: 'NEW_KEY_MATERIAL' },
        algorithm,
      ),
    ).toBe('ValidationException')
    expect(await importBytes(bench, keyId, bytes, forever, algorithm)).toBe('ok')
    expect(await metadata(bench, keyId)).toMatchObject({ KeyState: 'Enabled' })
    expect(await importBytes(bench, keyId, make(), forever, algorithm)).toBe(
      'IncorrectKeyMaterialException',
    )
    expect(await metadata(bench, keyId)).not.toHaveProperty('CurrentKeyMaterialId')
  })

  it('is for keys of origin EXTERNAL, wrapped as their kind allows', async () => {
    const bench = makeBench()
    const asked = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' }
    expect(
      await bench.fails('GetParametersForImport', { KeyId: await bench.makeKey(), ...asked }),
    ).toBe('UnsupportedOperationException')
    const rsa = await bench.makeKey({
      KeySpec: 'RSA_2048',
      KeyUsage: 'SIGN_VERIFY',
      Origin: 'EXTERNAL',
    })
    expect(await bench.fails('GetParametersForImport', { KeyId: rsa, ...asked })).toBe(
      'UnsupportedOperationException',
    )
    const pkcs1 = {
      KeyId: await bench.makeKey({ Origin: 'EXTERNAL' }),
      ...asked,
      WrappingAlgorithm: 'RSAES_PKCS1_V1_5',
    }
    expect(await bench.fails('GetParametersForImport', pkcs1)).toBe('UnsupportedOperationException')
    expect(
      await bench.fails('CreateKey', {
        KeySpec: 'ML_DSA_44',
        KeyUsage: 'SIGN_VERIFY',
        Origin: 'EXTERNAL',
      }),
    ).toBe('UnsupportedOperationException')
  })
})
