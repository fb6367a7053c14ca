import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { signEcdsaDigest, verifyEcdsaDigest } from './digest-ecdsa'

const message = Buffer.from('the message')
const curves = [
  ['prime256v1', 'sha256'],
  ['secp384r1', 'sha384'],
  ['secp521r1', 'sha512'],
  ['secp256k1', 'sha256'],
] as const

describe.each(curves)('ECDSA over a digest on %s', (namedCurve, hash) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
  const digest = createHash(hash).update(message).digest()
  const made = (key: KeyObject) => Array.from({ length: 12 }, () => signEcdsaDigest(key, digest))

  it('makes signatures that OpenSSL accepts over the message, another one each time', () => {
    const signatures = made(privateKey)
    for (const signature of signatures)
      expect(verify(hash, message, publicKey, signature)).toBe(true)
    expect(new Set(signatures.map((one) => one.toString('hex'))).size).toBe(signatures.length)
  })

  it('accepts what OpenSSL signed, with s in either half, and no other digest or key', () => {
    const other = createPublicKey(generateKeyPairSync('ec', { namedCurve }).privateKey)
    for (let round = 0; round < 12; round++) {
      const signature = sign(hash, message, privateKey)
      expect(verifyEcdsaDigest(publicKey, digest, signature)).toBe(true)
      expect(verifyEcdsaDigest(other, digest, signature)).toBe(false)
      const wrong = Buffer.from(digest)
      wrong.writeUInt8(wrong.readUInt8(0) ^ 1, 0)
      expect(verifyEcdsaDigest(publicKey, wrong, signature)).toBe(false)
    }
  })

  it('says no to what is no signature, and does not throw', () => {
    const signature = signEcdsaDigest(privateKey, digest)
    const broken = [
      Buffer.alloc(0),
      Buffer.from('nothing of the kind'),
      Buffer.from('3006020100020100', 'hex'),
      signature.subarray(0, -1),
      Buffer.concat([signature, Buffer.from([0])]),
    ]
    for (const one of broken) expect(verifyEcdsaDigest(publicKey, digest, one)).toBe(false)
  })
})
