import 'server-only'
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'

/**
 * The head of the chain at a moment, signed, so that what lies below it cannot be rewritten unseen
 * once it left. Hashes and signature are lower-case hex.
 */
export const checkpointSchema = z.object({
  seq: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/u),
  at: z.iso.datetime(),
  keyId: z.string().regex(/^[0-9a-f]{32}$/u),
  signature: z.string().regex(/^[0-9a-f]{128}$/u),
})
export type Checkpoint = z.output<typeof checkpointSchema>

export type SigningKey = { keyId: string; privateKey: KeyObject; publicKey: KeyObject }

/**
 * What is signed: these members in this order as JSON without spaces, UTF-8. `type` keeps the
 * signature from meaning anything else.
 */
function toSigned({ at, hash, keyId, seq }: Omit<Checkpoint, 'signature'>): Buffer {
  return Buffer.from(JSON.stringify({ at, hash, keyId, seq, type: 'claviger.audit.checkpoint' }))
}

/**
 * Names a key by its public half: the first 16 bytes of the SHA-256 of its SubjectPublicKeyInfo.
 */
export function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 32)
}

/** PKCS#8 before the 32 bytes of an Ed25519 seed (RFC 8410, section 7). */
const seedPrefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * A PKCS#8 PEM, or 32 bytes in base64 as the first versions' launcher made them.
 * @throws Error without any of the text.
 */
export function parseSigningKey(text: string): SigningKey {
  const seed = Buffer.from(text.trim(), 'base64')
  const privateKey = text.includes('-----BEGIN')
    ? createPrivateKey(text)
    : seed.length === 32
      ? createPrivateKey({ key: Buffer.concat([seedPrefix, seed]), format: 'der', type: 'pkcs8' })
      : null
  if (privateKey?.asymmetricKeyType !== 'ed25519')
    throw new Error(
      'it holds no Ed25519 private key (openssl genpkey -algorithm ed25519 makes one)',
    )
  const publicKey = createPublicKey(privateKey)
  return { keyId: keyIdOf(publicKey), privateKey, publicKey }
}

/** @throws Error that names the file. */
export function readSigningKey(file: string): SigningKey {
  try {
    return parseSigningKey(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(
      `The audit key ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** Reads a public key in PEM. @throws Error when it is no Ed25519 key. */
export function parsePublicKey(text: string): KeyObject {
  const key = createPublicKey(text)
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('it is no Ed25519 public key')
  return key
}

export function signCheckpoint(
  { keyId, privateKey }: SigningKey,
  facts: { seq: number; hash: string; at: string },
): Checkpoint {
  const said = { ...facts, keyId }
  return {
    seq: said.seq,
    hash: said.hash,
    at: said.at,
    keyId,
    signature: sign(null, toSigned(said), privateKey).toString('hex'),
  }
}

/** Did this very key sign it, and does the checkpoint name that key? */
export function isSignedBy(publicKey: KeyObject, checkpoint: Checkpoint): boolean {
  return (
    keyIdOf(publicKey) === checkpoint.keyId &&
    verify(null, toSigned(checkpoint), publicKey, Buffer.from(checkpoint.signature, 'hex'))
  )
}
