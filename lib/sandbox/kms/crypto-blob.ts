import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { AwsError } from '../call'

/**
 * Symmetric ciphertext, in a format of our own (AWS's is unpublished): it names account, Region,
 * key and material, so that Decrypt needs no KeyId and finds the material of any rotation.
 */
export type BlobHeader = { accountId: string; region: string; keyId: string; materialId: string }

const version = Buffer.from([0x01, 0x02, 0x02, 0x00])
const nonceBytes = 12
const tagBytes = 16

export function seal(
  secret: Uint8Array,
  header: BlobHeader,
  context: [string, string][],
  plaintext: Uint8Array,
): Buffer {
  const head = writeHeader(header)
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', secret, nonce)
  cipher.setAAD(Buffer.concat([bound(header), encodeContext(context)]))
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([head, nonce, cipher.getAuthTag(), body])
}

/**
 * Throws InvalidCiphertextException, without a message as AWS does, unless bytes and context
 * are those that were sealed.
 */
export function open(secret: Uint8Array, blob: Buffer, context: [string, string][]): Buffer {
  const header = readHeader(blob)
  if (!header) throw invalidCiphertext()
  const start = headerLength(blob)
  const decipher = createDecipheriv('aes-256-gcm', secret, blob.subarray(start, start + nonceBytes))
  decipher.setAAD(Buffer.concat([bound(header), encodeContext(context)]))
  decipher.setAuthTag(blob.subarray(start + nonceBytes, start + nonceBytes + tagBytes))
  try {
    return Buffer.concat([
      decipher.update(blob.subarray(start + nonceBytes + tagBytes)),
      decipher.final(),
    ])
  } catch {
    throw invalidCiphertext()
  }
}

export const invalidCiphertext = () => new AwsError('InvalidCiphertextException', '')

/** Null when the bytes are no ciphertext of a symmetric key. */
export function readHeader(blob: Buffer): BlobHeader | null {
  if (blob.length < version.length + 2 || !blob.subarray(0, version.length).equals(version))
    return null
  if (blob.length < headerLength(blob) + nonceBytes + tagBytes) return null
  const [accountId, region, keyId, materialId, more] = blob
    .subarray(version.length + 2, headerLength(blob))
    .toString('latin1')
    .split('|')
  if (!accountId || !region || !keyId || !materialId || more !== undefined) return null
  return { accountId, region, keyId, materialId }
}

function writeHeader(header: BlobHeader) {
  const names = Buffer.from(
    [header.accountId, header.region, header.keyId, header.materialId].join('|'),
    'latin1',
  )
  const length = Buffer.alloc(2)
  length.writeUInt16BE(names.length)
  return Buffer.concat([version, length, names])
}

const headerLength = (blob: Buffer) => version.length + 2 + blob.readUInt16BE(version.length)

/**
 * What of the header the tag protects: not the Region, as any member of a
 * multi-Region set opens the blob.
 */
const bound = (header: BlobHeader) =>
  Buffer.from(`${header.accountId}|${header.keyId}|${header.materialId}|`)

/** Unambiguous whatever the pairs hold; callers give them sorted, as the order of pairs is free. */
const encodeContext = (context: [string, string][]) => Buffer.from(JSON.stringify(context))
