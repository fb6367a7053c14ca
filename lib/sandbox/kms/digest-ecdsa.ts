import type { KeyObject } from 'node:crypto'
import { p256, p384, p521 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'

/** Node's names of the curves KMS signs on. */
const curves = { prime256v1: p256, secp384r1: p384, secp521r1: p521, secp256k1 }

/**
 * ECDSA over a digest the caller computed (MessageType DIGEST), which node:crypto signs only
 * together with the hashing. KMS takes and gives both halves of s, as OpenSSL does.
 */
const asKms = { prehash: false, lowS: false, format: 'der' } as const

/** Returns a signature in DER, another one at each call as from KMS. */
export function signEcdsaDigest(key: KeyObject, digest: Buffer): Buffer {
  const { d } = key.export({ format: 'jwk' })
  return Buffer.from(curveOf(key).sign(digest, decode(d), { ...asKms, extraEntropy: true }))
}

/** False also for what is no signature at all. */
export function verifyEcdsaDigest(key: KeyObject, digest: Buffer, signature: Buffer): boolean {
  const { x, y } = key.export({ format: 'jwk' })
  const uncompressed = Buffer.concat([Buffer.from([4]), decode(x), decode(y)])
  return curveOf(key).verify(signature, digest, uncompressed, asKms)
}

function curveOf(key: KeyObject) {
  const name = key.asymmetricKeyDetails?.namedCurve ?? ''
  const found = Object.entries(curves).find(([one]) => one === name)
  if (!found) throw new Error(`No curve ${name}`)
  return found[1]
}

const decode = (part: string | undefined) => Buffer.from(part ?? '', 'base64url')
