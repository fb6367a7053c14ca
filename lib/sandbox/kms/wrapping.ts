import {
  constants,
  createDecipheriv,
  createHash,
  createPrivateKey,
  privateDecrypt,
} from 'node:crypto'
import { AwsError } from '../call'
import type { Key } from '../world'
import { classOf, specs } from './specs'
import { invalidCiphertext } from './crypto-blob'

/**
 * Checks wrapping algorithm × wrapping key × kind of material. Throws UnsupportedOperationException
 * for what AWS does not take.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_GetParametersForImport.html
 */
export function checkWrapping(key: Key, algorithm: string, wrappingSpec: string) {
  if (algorithm === 'RSAES_PKCS1_V1_5')
    throw unsupported('RSAES_PKCS1_V1_5 is no longer supported as a wrapping algorithm.')
  if (wrappingSpec === 'SM2' || algorithm === 'SM2PKE')
    throw unsupported('SM2 is supported only in China Regions.')
  const wrapsKey = algorithm.startsWith('RSA_AES_KEY_WRAP')
  const kind = classOf(key.keySpec)
  const tooLong = key.keySpec === 'ECC_NIST_P521' && wrappingSpec === 'RSA_2048'
  const fits = kind === 'rsa' ? wrapsKey : kind === 'ecc' ? wrapsKey || !tooLong : !wrapsKey
  if (!fits) {
    throw unsupported(
      `Wrapping algorithm ${algorithm} with wrapping key spec ${wrappingSpec} is not ` +
        `supported for key spec ${key.keySpec}.`,
    )
  }
}

const unsupported = (words: string) => new AwsError('UnsupportedOperationException', words)

/**
 * Unwraps the material. Throws ValidationException for a wrong length, InvalidCiphertextException
 * when it cannot be unwrapped.
 */
export function unwrap(wrapped: Buffer, algorithm: string, privateKeyDer: Buffer): Buffer {
  const key = createPrivateKey({ key: privateKeyDer, format: 'der', type: 'pkcs8' })
  const oaepHash = algorithm.endsWith('SHA_256') ? 'sha256' : 'sha1'
  const modulusBytes = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8
  const fits = algorithm.startsWith('RSA_AES_KEY_WRAP')
    ? wrapped.length > modulusBytes
    : wrapped.length === modulusBytes
  if (!fits) throw new AwsError('ValidationException', 'Invalid encrypted key size.')
  const decryptRsa = (bytes: Buffer) =>
    privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, bytes)
  try {
    if (!algorithm.startsWith('RSA_AES_KEY_WRAP')) return decryptRsa(wrapped)
    return unwrapAes(decryptRsa(wrapped.subarray(0, modulusBytes)), wrapped.subarray(modulusBytes))
  } catch {
    throw invalidCiphertext()
  }
}

/** Unwraps AES key wrap with padding (RFC 5649). */
function unwrapAes(wrappingKey: Buffer, wrapped: Buffer): Buffer {
  const decipher = createDecipheriv(
    'id-aes256-wrap-pad',
    wrappingKey,
    Buffer.from('a65959a6', 'hex'),
  )
  return Buffer.concat([decipher.update(wrapped), decipher.final()])
}

/**
 * Throws IncorrectKeyMaterialException unless the bytes are a key of this spec: its length, or PKCS
 * #8 of its algorithm.
 */
export function checkMaterial(key: Key, bytes: Buffer) {
  const spec = specs[key.keySpec]
  const fits = spec?.bytes === undefined ? isPrivateKeyOf(key, bytes) : bytes.length === spec.bytes
  if (!fits) throw new AwsError('IncorrectKeyMaterialException', '')
}

function isPrivateKeyOf(key: Key, bytes: Buffer): boolean {
  const spec = specs[key.keySpec]
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey({
      key: bytes,
      format: 'der',
      type: 'pkcs8',
    })
    if (spec?.bits)
      return asymmetricKeyType === 'rsa' && asymmetricKeyDetails?.modulusLength === spec.bits
    if (spec?.curve === 'ed25519') return asymmetricKeyType === 'ed25519'
    return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === spec?.curve
  } catch {
    return false
  }
}

/**
 * Returns an id that is the same for the same bytes in one key (and its replicas), and another for
 * another key.
 */
export function materialId(key: Key, bytes: Buffer): string {
  return createHash('sha256').update(`${key.accountId}/${key.keyId}/`).update(bytes).digest('hex')
}
