import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Input } from '../call'
import { inputs } from './model'
import { account, base64, makeBench, readPath, type Bench } from './test/direct'

const grantee = `arn:aws:iam::${account}:user/admin`
const message = base64('x')

const makeKey = (bench: Bench, KeySpec: string, KeyUsage: string) =>
  bench.makeKey({ KeySpec, KeyUsage })

async function withGrant(bench: Bench): Promise<Input> {
  const KeyId = await bench.makeKey()
  const asked = {
    KeyId,
    GranteePrincipal: grantee,
    RetiringPrincipal: grantee,
    Operations: ['Decrypt'],
  }
  return { KeyId, GrantId: readPath(await bench.run('CreateGrant', asked), 'GrantId') }
}

async function withCiphertext(bench: Bench): Promise<{ KeyId: string; CiphertextBlob: string }> {
  const KeyId = await bench.makeKey()
  const answer = await bench.run('Encrypt', { KeyId, Plaintext: message })
  return { KeyId, CiphertextBlob: readPath(answer, 'CiphertextBlob') }
}

/** An input with which each operation that takes DryRun does its work. */
const working: Readonly<Record<string, (bench: Bench) => Promise<Input>>> = {
  CreateGrant: async (bench) => ({
    KeyId: await bench.makeKey(),
    GranteePrincipal: grantee,
    Operations: ['Decrypt'],
  }),
  RetireGrant: withGrant,
  RevokeGrant: withGrant,
  Encrypt: async (bench) => ({ KeyId: await bench.makeKey(), Plaintext: message }),
  Decrypt: withCiphertext,
  ReEncrypt: async (bench) => {
    const { KeyId, CiphertextBlob } = await withCiphertext(bench)
    return { CiphertextBlob, DestinationKeyId: KeyId }
  },
  GenerateDataKey: async (bench) => ({ KeyId: await bench.makeKey(), KeySpec: 'AES_256' }),
  GenerateDataKeyWithoutPlaintext: async (bench) => ({
    KeyId: await bench.makeKey(),
    KeySpec: 'AES_256',
  }),
  GenerateDataKeyPair: async (bench) => ({
    KeyId: await bench.makeKey(),
    KeyPairSpec: 'ECC_NIST_P256',
  }),
  GenerateDataKeyPairWithoutPlaintext: async (bench) => ({
    KeyId: await bench.makeKey(),
    KeyPairSpec: 'ECC_NIST_P256',
  }),
  GenerateMac: async (bench) => ({
    KeyId: await makeKey(bench, 'HMAC_256', 'GENERATE_VERIFY_MAC'),
    Message: message,
    MacAlgorithm: 'HMAC_SHA_256',
  }),
  VerifyMac: async (bench) => {
    const KeyId = await makeKey(bench, 'HMAC_256', 'GENERATE_VERIFY_MAC')
    const asked = { KeyId, Message: message, MacAlgorithm: 'HMAC_SHA_256' }
    return { ...asked, Mac: readPath(await bench.run('GenerateMac', asked), 'Mac') }
  },
  Sign: async (bench) => ({
    KeyId: await makeKey(bench, 'ECC_NIST_P256', 'SIGN_VERIFY'),
    Message: message,
    SigningAlgorithm: 'ECDSA_SHA_256',
  }),
  Verify: async (bench) => {
    const KeyId = await makeKey(bench, 'ECC_NIST_P256', 'SIGN_VERIFY')
    const asked = { KeyId, Message: message, SigningAlgorithm: 'ECDSA_SHA_256' }
    return { ...asked, Signature: readPath(await bench.run('Sign', asked), 'Signature') }
  },
  DeriveSharedSecret: async (bench) => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    return {
      KeyId: await makeKey(bench, 'ECC_NIST_P256', 'KEY_AGREEMENT'),
      KeyAgreementAlgorithm: 'ECDH',
      PublicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    }
  },
  Encapsulate: async (bench) => ({
    KeyId: await makeKey(bench, 'ML_KEM_768', 'ENCAPSULATE_DECAPSULATE'),
    EncapsulationAlgorithm: 'ML_KEM',
  }),
  Decapsulate: async (bench) => ({
    KeyId: await makeKey(bench, 'ML_KEM_768', 'ENCAPSULATE_DECAPSULATE'),
    EncapsulationAlgorithm: 'ML_KEM',
    SharedSecretCiphertextBlob: Buffer.alloc(1_088).toString('base64'),
  }),
}

const takesDryRun = Object.entries(inputs).flatMap(([operation, members]) =>
  /\bDryRun:/.test(members) ? [operation] : [],
)

describe('a dry run', () => {
  it('is tried here of every operation that takes one', () => {
    expect(Object.keys(working).sort()).toEqual(takesDryRun.sort())
  })

  it.each(Object.entries(working))(
    'of %s says that it would succeed, and does nothing',
    async (operation, prepare) => {
      const bench = makeBench()
      const input = await prepare(bench)
      const before = structuredClone(bench.world)
      expect(await bench.fails(operation, { ...input, DryRun: true })).toBe(
        'DryRunOperationException',
      )
      expect(bench.world).toEqual(before)
      // The sandbox has no cryptography of ML-KEM, so that there the dry run is all it can do.
      const done = /capsulate/.test(operation) ? 'UnsupportedOperationException' : 'ok'
      expect(await bench.fails(operation, { ...input, DryRun: false })).toBe(done)
    },
  )
})
