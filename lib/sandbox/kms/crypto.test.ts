import {
  createPublicKey,
  sign as signBytes,
  createHash,
  verify as verifyBytes,
  diffieHellman,
  generateKeyPairSync,
  constants,
} from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64, makeBench, readPath } from './test/direct'
import { algorithmsOf, specs } from './specs'

const bench = makeBench()
const text = fc
  .uint8Array({ minLength: 1, maxLength: 300 })
  .map((bytes) => Buffer.from(bytes).toString('base64'))
const context = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.string({ maxLength: 20 }),
  { maxKeys: 5 },
)

describe('symmetric encryption', () => {
  it('gives back what was encrypted under any context, through rotations, and under no other context', async () => {
    const keyId = await bench.makeKey()
    await fc.assert(
      fc.asyncProperty(
        text,
        context,
        context,
        fc.nat(3),
        async (plaintext, pairs, other, rotations) => {
          const { CiphertextBlob } = await bench.run('Encrypt', {
            KeyId: keyId,
            Plaintext: plaintext,
            EncryptionContext: pairs,
          })
          for (let turn = 0; turn < rotations; turn += 1) await rotateFreely(keyId)
          const reversed = Object.fromEntries(Object.entries(pairs).reverse())
          const opened = await bench.run('Decrypt', { CiphertextBlob, EncryptionContext: reversed })
          expect(opened.Plaintext).toBe(plaintext)
          const same =
            JSON.stringify(Object.entries(pairs).sort()) ===
            JSON.stringify(Object.entries(other).sort())
          expect(await bench.fails('Decrypt', { CiphertextBlob, EncryptionContext: other })).toBe(
            same ? 'ok' : 'InvalidCiphertextException',
          )
        },
      ),
      { numRuns: 40 },
    )
  })

  /** Rotations without the limit of 25, which is not what is tested here. */
  async function rotateFreely(keyId: string) {
    for (const material of bench.key(keyId).materials) material.rotationType = null
    await bench.run('RotateKeyOnDemand', { KeyId: keyId })
    bench.now += 5000
  }

  it('names the material that made a ciphertext, and ReEncrypt brings it to the current one', async () => {
    const keyId = await bench.makeKey()
    const old = bench.key(keyId).materials[0]?.id
    const { CiphertextBlob } = await bench.run('Encrypt', { KeyId: keyId, Plaintext: base64('x') })
    await rotateFreely(keyId)
    const described = await bench.run('DescribeKey', { KeyId: keyId })
    const current = readPath(described, 'KeyMetadata', 'CurrentKeyMaterialId')
    expect(current).not.toBe(old)
    expect((await bench.run('Decrypt', { CiphertextBlob })).KeyMaterialId).toBe(old)
    const moved = await bench.run('ReEncrypt', {
      CiphertextBlob,
      DestinationKeyId: keyId,
      DestinationEncryptionContext: { a: 'b' },
    })
    expect(moved).toMatchObject({ SourceKeyMaterialId: old, DestinationKeyMaterialId: current })
    expect(
      await bench.run('Decrypt', {
        CiphertextBlob: moved.CiphertextBlob,
        EncryptionContext: { a: 'b' },
      }),
    ).toMatchObject({ KeyMaterialId: current })
  })

  it('tells a wrong key from a broken ciphertext', async () => {
    const [keyId, other] = [await bench.makeKey(), await bench.makeKey()]
    const blob = readPath(
      await bench.run('Encrypt', { KeyId: keyId, Plaintext: base64('x') }),
      'CiphertextBlob',
    )
    expect(await bench.fails('Decrypt', { CiphertextBlob: blob, KeyId: other })).toBe(
      'IncorrectKeyException',
    )
    expect(await bench.fails('Decrypt', { CiphertextBlob: base64('nothing of ours') })).toBe(
      'InvalidCiphertextException',
    )
    const bytes = Buffer.from(blob, 'base64')
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
    expect(await bench.fails('Decrypt', { CiphertextBlob: bytes.toString('base64') })).toBe(
      'InvalidCiphertextException',
    )
    expect(await bench.fails('Decrypt', { CiphertextBlob: blob }, { region: 'us-east-1' })).toBe(
      'AccessDeniedException',
    )
  })

  it('checks a dry run to the end and does nothing', async () => {
    const keyId = await bench.makeKey()
    const blob = readPath(
      await bench.run('Encrypt', { KeyId: keyId, Plaintext: base64('x') }),
      'CiphertextBlob',
    )
    const used = bench.key(keyId).lastUsage
    expect(
      await bench.fails('Encrypt', { KeyId: keyId, Plaintext: base64('x'), DryRun: true }),
    ).toBe('DryRunOperationException')
    expect(
      await bench.fails('Decrypt', {
        CiphertextBlob: blob,
        EncryptionContext: { no: 'match' },
        DryRun: true,
      }),
    ).toBe('InvalidCiphertextException')
    const input = { KeyId: keyId, DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT'] }
    expect(await bench.fails('Decrypt', input)).toBe('DryRunOperationException')
    expect(await bench.fails('Decrypt', { ...input, DryRun: false })).toBe('ValidationException')
    expect(await bench.fails('Decrypt', { ...input, KeyId: undefined })).toBe('ValidationException')
    expect(bench.key(keyId).lastUsage).toBe(used)
  })
})

describe('data keys', () => {
  it('come back from their ciphertext', async () => {
    const keyId = await bench.makeKey()
    for (const [asked, size] of [
      [{ KeySpec: 'AES_256' }, 32],
      [{ KeySpec: 'AES_128' }, 16],
      [{ NumberOfBytes: 7 }, 7],
    ] as const) {
      const made = await bench.run('GenerateDataKey', { KeyId: keyId, ...asked })
      expect(Buffer.from(readPath(made, 'Plaintext'), 'base64')).toHaveLength(size)
      expect((await bench.run('Decrypt', { CiphertextBlob: made.CiphertextBlob })).Plaintext).toBe(
        made.Plaintext,
      )
      expect(
        await bench.run('GenerateDataKeyWithoutPlaintext', { KeyId: keyId, ...asked }),
      ).not.toHaveProperty('Plaintext')
    }
    expect(await bench.fails('GenerateDataKey', { KeyId: keyId })).toBe('ValidationException')
    expect(
      await bench.fails('GenerateDataKey', { KeyId: keyId, KeySpec: 'AES_256', NumberOfBytes: 32 }),
    ).toBe('ValidationException')
  })

  it('of key pairs decrypt to the private half', async () => {
    const keyId = await bench.makeKey()
    for (const spec of ['ECC_NIST_P256', 'ECC_NIST_EDWARDS25519', 'RSA_2048']) {
      const pair = await bench.run('GenerateDataKeyPair', { KeyId: keyId, KeyPairSpec: spec })
      expect(
        (await bench.run('Decrypt', { CiphertextBlob: pair.PrivateKeyCiphertextBlob })).Plaintext,
      ).toBe(pair.PrivateKeyPlaintext)
    }
  })
})

describe('asymmetric keys', () => {
  const signing = Object.entries(specs).filter(
    ([name, spec]) => spec.usages.SIGN_VERIFY && spec.class !== 'ml-dsa' && !/RSA_[34]/.test(name),
  )

  it.each(signing.map(([name]) => name))(
    '%s signs messages and digests so that node verifies them, and refuses others',
    async (spec) => {
      const keyId = await bench.makeKey({ KeySpec: spec, KeyUsage: 'SIGN_VERIFY' })
      const der = Buffer.from(
        readPath(await bench.run('GetPublicKey', { KeyId: keyId }), 'PublicKey'),
        'base64',
      )
      const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' })
      const message = Buffer.from('the message')
      for (const algorithm of algorithmsOf({ keySpec: spec, keyUsage: 'SIGN_VERIFY' })) {
        if (algorithm === 'ED25519_PH_SHA_512') continue
        const hash = algorithm.startsWith('ED25519') ? null : `sha${algorithm.slice(-3)}`
        const pss = algorithm.includes('PSS')
          ? {
              padding: constants.RSA_PKCS1_PSS_PADDING,
              saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
            }
          : {}
        const forms =
          hash === null
            ? [{ MessageType: 'RAW', Message: message.toString('base64') }]
            : [
                { MessageType: 'RAW', Message: message.toString('base64') },
                {
                  MessageType: 'DIGEST',
                  Message: createHash(hash).update(message).digest('base64'),
                },
              ]
        for (const form of forms) {
          const { Signature } = await bench.run('Sign', {
            KeyId: keyId,
            SigningAlgorithm: algorithm,
            ...form,
          })
          const bytes = Buffer.from(String(Signature), 'base64')
          expect(verifyBytes(hash, message, { key: publicKey, ...pss }, bytes)).toBe(true)
          for (const other of forms) {
            const asked = { KeyId: keyId, SigningAlgorithm: algorithm, ...other }
            expect(await bench.run('Verify', { ...asked, Signature })).toMatchObject({
              SignatureValid: true,
              SigningAlgorithm: algorithm,
            })
            const wrong = Buffer.from(String(other.Message), 'base64')
            wrong.writeUInt8(wrong.readUInt8(0) ^ 1, 0)
            expect(
              await bench.fails('Verify', {
                ...asked,
                Message: wrong.toString('base64'),
                Signature,
              }),
            ).toBe('KMSInvalidSignatureException')
          }
        }
      }
      expect(
        await bench.fails('Sign', {
          KeyId: keyId,
          SigningAlgorithm: 'ML_DSA_SHAKE_256',
          Message: base64('x'),
        }),
      ).toBe('InvalidKeyUsageException')
    },
  )

  it('refuse a digest of another length', async () => {
    const keyId = await bench.makeKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
    const asked = { KeyId: keyId, SigningAlgorithm: 'ECDSA_SHA_256', MessageType: 'DIGEST' }
    expect(await bench.fails('Sign', { ...asked, Message: base64('short') })).toBe(
      'ValidationException',
    )
  })

  const sizes = [
    ['RSAES_OAEP_SHA_1', 214],
    ['RSAES_OAEP_SHA_256', 190],
  ] as const
  it.each(sizes)('RSA_2048 with %s holds %i bytes and no more', async (algorithm, most) => {
    const keyId = await bench.makeKey({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })
    const asked = { KeyId: keyId, EncryptionAlgorithm: algorithm }
    const Plaintext = Buffer.alloc(most, 3).toString('base64')
    const { CiphertextBlob } = await bench.run('Encrypt', { ...asked, Plaintext })
    expect((await bench.run('Decrypt', { ...asked, CiphertextBlob })).Plaintext).toBe(Plaintext)
    expect(
      await bench.fails('Encrypt', {
        ...asked,
        Plaintext: Buffer.alloc(most + 1).toString('base64'),
      }),
    ).toBe('ValidationException')
    expect(
      await bench.fails('Encrypt', { ...asked, Plaintext, EncryptionContext: { a: 'b' } }),
    ).toBe('ValidationException')
  })

  it.each(['ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521'])(
    '%s agrees on a secret with a stranger',
    async (spec) => {
      const keyId = await bench.makeKey({ KeySpec: spec, KeyUsage: 'KEY_AGREEMENT' })
      const stranger = generateKeyPairSync('ec', { namedCurve: specs[spec]?.curve ?? '' })
      const own = createPublicKey({
        key: Buffer.from(
          readPath(await bench.run('GetPublicKey', { KeyId: keyId }), 'PublicKey'),
          'base64',
        ),
        format: 'der',
        type: 'spki',
      })
      const answer = await bench.run('DeriveSharedSecret', {
        KeyId: keyId,
        KeyAgreementAlgorithm: 'ECDH',
        PublicKey: stranger.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      })
      expect(answer.SharedSecret).toBe(
        diffieHellman({ privateKey: stranger.privateKey, publicKey: own }).toString('base64'),
      )
    },
  )

  it('of lattices exist, and say that their cryptography is missing', async () => {
    const signer = await bench.makeKey({ KeySpec: 'ML_DSA_65', KeyUsage: 'SIGN_VERIFY' })
    expect(
      await bench.fails('Sign', {
        KeyId: signer,
        SigningAlgorithm: 'ML_DSA_SHAKE_256',
        Message: base64('x'),
      }),
    ).toBe('UnsupportedOperationException')
    const box = await bench.makeKey({ KeySpec: 'ML_KEM_768', KeyUsage: 'ENCAPSULATE_DECAPSULATE' })
    expect(await bench.fails('Encapsulate', { KeyId: box, EncapsulationAlgorithm: 'ML_KEM' })).toBe(
      'UnsupportedOperationException',
    )
    const short = {
      KeyId: box,
      EncapsulationAlgorithm: 'ML_KEM',
      SharedSecretCiphertextBlob: base64('short'),
    }
    expect(await bench.fails('Decapsulate', short)).toBe('InvalidCiphertextException')
  })
})

describe('MACs', () => {
  it.each(['HMAC_224', 'HMAC_256', 'HMAC_384', 'HMAC_512'])(
    '%s verifies its own and nothing else',
    async (spec) => {
      const keyId = await bench.makeKey({ KeySpec: spec, KeyUsage: 'GENERATE_VERIFY_MAC' })
      const asked = { KeyId: keyId, MacAlgorithm: spec.replace('_', '_SHA_'), Message: base64('m') }
      const { Mac } = await bench.run('GenerateMac', asked)
      expect(Buffer.from(String(Mac), 'base64')).toHaveLength(Number(spec.slice(5)) / 8)
      expect(await bench.run('VerifyMac', { ...asked, Mac })).toMatchObject({ MacValid: true })
      expect(await bench.fails('VerifyMac', { ...asked, Message: base64('n'), Mac })).toBe(
        'KMSInvalidMacException',
      )
    },
  )
})

it('a signature made elsewhere over the same digest verifies, so that DIGEST is what others mean by it', async () => {
  const keyId = await bench.makeKey({ KeySpec: 'ECC_NIST_P384', KeyUsage: 'SIGN_VERIFY' })
  await bench.run('GetPublicKey', { KeyId: keyId })
  const secret = bench.key(keyId).materials[0]?.secret
  const message = Buffer.from('hello')
  const signature = signBytes('sha384', message, {
    key: Buffer.from(secret ?? []),
    format: 'der',
    type: 'pkcs8',
  })
  const asked = {
    KeyId: keyId,
    SigningAlgorithm: 'ECDSA_SHA_384',
    MessageType: 'DIGEST',
    Message: createHash('sha384').update(message).digest('base64'),
  }
  expect(
    await bench.run('Verify', { ...asked, Signature: signature.toString('base64') }),
  ).toMatchObject({ SignatureValid: true })
})
