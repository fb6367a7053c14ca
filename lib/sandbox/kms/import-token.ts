import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { AwsError } from '../call'

/**
 * What an import token carries: the private half of the wrapping key itself, sealed, so that
 * the world keeps no tokens.
 */
export type ImportToken = { keyArn: string; algorithm: string; validTo: number; privateKey: string }

/** Of this process: a token does not outlive the sandbox, which forgets everything anyway. */
const sealingKey = randomBytes(32)

export function writeImportToken(token: ImportToken): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce)
  const body = Buffer.concat([cipher.update(JSON.stringify(token)), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

/**
 * Throws InvalidImportTokenException for anything that is no token of this key,
 * ExpiredImportTokenException after 24 hours.
 */
export function readImportToken(bytes: Buffer, keyArn: string, now: number): ImportToken {
  const token = unseal(bytes)
  if (!token || token.keyArn !== keyArn) throw new AwsError('InvalidImportTokenException', '')
  if (token.validTo < now) throw new AwsError('ExpiredImportTokenException', '')
  return token
}

function unseal(bytes: Buffer): ImportToken | null {
  if (bytes.length < 28) return null
  const decipher = createDecipheriv('aes-256-gcm', sealingKey, bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(12, 28))
  try {
    const token: ImportToken = JSON.parse(
      Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString(),
    )
    return token
  } catch {
    return null
  }
}
