import {
  constants,
  createHash,
  privateEncrypt,
  publicDecrypt,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto'

/**
 * RSA over a digest the caller computed (MessageType DIGEST), which node:crypto signs only
 * together with the hashing.
 */
type Scheme = { hash: 'sha256' | 'sha384' | 'sha512'; pss: boolean }

/** DER of DigestInfo before the digest itself (RFC 8017, 9.2). */
const digestInfo: Record<string, Buffer> = {
  sha256: Buffer.from('3031300d060960864801650304020105000420', 'hex'),
  sha384: Buffer.from('3041300d060960864801650304020205000430', 'hex'),
  sha512: Buffer.from('3051300d060960864801650304020305000440', 'hex'),
}

export function signRsaDigest(key: KeyObject, digest: Buffer, scheme: Scheme): Buffer {
  if (!scheme.pss)
    return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, withInfo(digest, scheme))
  return privateEncrypt(
    { key, padding: constants.RSA_NO_PADDING },
    encodePss(digest, scheme.hash, modulusBits(key)),
  )
}

export function verifyRsaDigest(
  key: KeyObject,
  digest: Buffer,
  signature: Buffer,
  scheme: Scheme,
): boolean {
  try {
    if (!scheme.pss)
      return isSame(
        publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature),
        withInfo(digest, scheme),
      )
    return fitsPss(
      publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature),
      digest,
      scheme.hash,
    )
  } catch {
    return false
  }
}

const withInfo = (digest: Buffer, scheme: Scheme) =>
  Buffer.concat([digestInfo[scheme.hash] ?? Buffer.alloc(0), digest])
const isSame = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b)
const modulusBits = (key: KeyObject) => key.asymmetricKeyDetails?.modulusLength ?? 0

/**
 * EMSA-PSS with a salt as long as the digest, as KMS signs. Every modulus KMS has
 * is a whole number of bytes.
 */
function encodePss(digest: Buffer, hash: string, bits: number): Buffer {
  const length = bits / 8
  const salt = randomBytes(digest.length)
  const hashed = createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest()
  const block = Buffer.alloc(length - digest.length - 1)
  block[block.length - salt.length - 1] = 0x01
  salt.copy(block, block.length - salt.length)
  const masked = xor(block, maskOf(hashed, block.length, hash))
  masked.writeUInt8(masked.readUInt8(0) & 0x7f, 0)
  return Buffer.concat([masked, hashed, Buffer.from([0xbc])])
}

function fitsPss(encoded: Buffer, digest: Buffer, hash: string): boolean {
  if (encoded.at(-1) !== 0xbc || (encoded.readUInt8(0) & 0x80) !== 0) return false
  const masked = encoded.subarray(0, encoded.length - digest.length - 1)
  const hashed = encoded.subarray(masked.length, encoded.length - 1)
  const block = xor(masked, maskOf(hashed, masked.length, hash))
  block.writeUInt8(block.readUInt8(0) & 0x7f, 0)
  const mark = block.indexOf(0x01)
  if (mark < 0 || block.subarray(0, mark).some((byte) => byte !== 0)) return false
  const expected = createHash(hash)
    .update(Buffer.alloc(8))
    .update(digest)
    .update(block.subarray(mark + 1))
    .digest()
  return isSame(expected, hashed)
}

/** MGF1. */
function maskOf(seed: Buffer, length: number, hash: string): Buffer {
  const parts: Buffer[] = []
  for (let counter = 0, size = 0; size < length; counter += 1) {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    const part = createHash(hash).update(seed).update(count).digest()
    parts.push(part)
    size += part.length
  }
  return Buffer.concat(parts).subarray(0, length)
}

const xor = (a: Buffer, b: Buffer) => Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)))
