import {
  constants,
  createPublicKey,
  sign as signBytes,
  verify as verifyBytes,
  type KeyObject,
} from 'node:crypto'
import { AwsError, type Call, type Input } from '../call'
import type { Key } from '../world'
import {
  privateKeyOf,
  publicKeyOf,
  requireCurrent,
  unsupportedCryptography,
} from './crypto-material'
import { signEcdsaDigest, verifyEcdsaDigest } from './digest-ecdsa'
import { signRsaDigest, verifyRsaDigest } from './digest-rsa'
import { findKey } from './identify'
import { readBlob, readText } from './read-input'
import { classOf } from './specs'
import { checkGrantTokens, endDryRun, permitUse, recordUse, requireAlgorithm } from './use'

type Request = { key: Key; algorithm: string; type: string; message: Buffer }

export async function sign(call: Call, input: Input): Promise<Input> {
  const request = permitSigning(call, input)
  const { key, algorithm } = request
  endDryRun(input)
  requireCryptography(request)
  const signature = signMessage(request, await privateKeyOf(call.world, key, requireCurrent(key)))
  recordUse(call, key)
  return { KeyId: key.arn, Signature: signature.toString('base64'), SigningAlgorithm: algorithm }
}

/**
 * Never answers false: a wrong signature is KMSInvalidSignatureException,
 * without a message as AWS does.
 */
export async function verify(call: Call, input: Input): Promise<Input> {
  const request = permitSigning(call, input)
  const { key, algorithm } = request
  endDryRun(input)
  requireCryptography(request)
  const der = await publicKeyOf(call.world, key, requireCurrent(key))
  const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' })
  const valid = verifyMessage(request, publicKey, readBlob(input, 'Signature') ?? Buffer.alloc(0))
  if (!valid) throw new AwsError('KMSInvalidSignatureException', '')
  recordUse(call, key)
  return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: algorithm }
}

function permitSigning(call: Call, input: Input): Request {
  const algorithm = readText(input, 'SigningAlgorithm') ?? ''
  const type = readText(input, 'MessageType') ?? 'RAW'
  const message = readBlob(input, 'Message') ?? Buffer.alloc(0)
  checkGrantTokens(input)
  const found = findKey(call, readText(input, 'KeyId') ?? '', { aliases: true })
  permitUse(call, found, 'SIGN_VERIFY', {
    'kms:SigningAlgorithm': algorithm,
    'kms:MessageType': type,
  })
  requireAlgorithm(found.key, algorithm)
  checkMessage(algorithm, type, message)
  return { key: found.key, algorithm, type, message }
}

/** Which MessageType goes with which algorithm, and the length of a digest (aws-facts 2.2). */
function checkMessage(algorithm: string, type: string, message: Buffer) {
  const refused =
    (type === 'EXTERNAL_MU' && algorithm !== 'ML_DSA_SHAKE_256') ||
    (type === 'DIGEST' && algorithm === 'ML_DSA_SHAKE_256') ||
    (type !== 'RAW' && algorithm === 'ED25519_SHA_512') ||
    (type !== 'DIGEST' && algorithm === 'ED25519_PH_SHA_512')
  if (refused)
    throw new AwsError(
      'ValidationException',
      `MessageType ${type} is not supported with SigningAlgorithm ${algorithm}.`,
    )
  if (type === 'DIGEST' && message.length !== digestBytes(algorithm)) {
    throw new AwsError(
      'ValidationException',
      `Digest is invalid length for algorithm ${algorithm}.`,
    )
  }
  if (type === 'EXTERNAL_MU' && message.length !== 64) {
    throw new AwsError(
      'ValidationException',
      `Message is invalid length for algorithm ${algorithm}.`,
    )
  }
}

const digestBytes = (algorithm: string) => Number(algorithm.slice(-3)) / 8

/** Node 20 has neither ML-DSA nor Ed25519ph. */
function requireCryptography({ key, algorithm }: Request) {
  if (classOf(key.keySpec) === 'ml-dsa') throw unsupportedCryptography(key.keySpec)
  if (algorithm === 'ED25519_PH_SHA_512') throw unsupportedCryptography(algorithm)
}

function schemeOf(algorithm: string) {
  const hash = algorithm.endsWith('512')
    ? 'sha512'
    : algorithm.endsWith('384')
      ? 'sha384'
      : 'sha256'
  return { hash, pss: algorithm.startsWith('RSASSA_PSS') } as const
}

function padding(algorithm: string) {
  const { pss } = schemeOf(algorithm)
  if (!pss) return { padding: constants.RSA_PKCS1_PADDING }
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
}

function signMessage({ key, algorithm, type, message }: Request, privateKey: KeyObject): Buffer {
  const scheme = schemeOf(algorithm)
  if (algorithm === 'ED25519_SHA_512') return signBytes(null, message, privateKey)
  if (classOf(key.keySpec) === 'rsa') {
    if (type === 'DIGEST') return signRsaDigest(privateKey, message, scheme)
    return signBytes(scheme.hash, message, { key: privateKey, ...padding(algorithm) })
  }
  return type === 'DIGEST'
    ? signEcdsaDigest(privateKey, message)
    : signBytes(scheme.hash, message, { key: privateKey, dsaEncoding: 'der' })
}

function verifyMessage(
  { key, algorithm, type, message }: Request,
  publicKey: KeyObject,
  signature: Buffer,
): boolean {
  const scheme = schemeOf(algorithm)
  if (algorithm === 'ED25519_SHA_512') return verifyBytes(null, message, publicKey, signature)
  if (classOf(key.keySpec) === 'rsa') {
    if (type === 'DIGEST') return verifyRsaDigest(publicKey, message, signature, scheme)
    return verifyBytes(scheme.hash, message, { key: publicKey, ...padding(algorithm) }, signature)
  }
  if (type === 'DIGEST') return verifyEcdsaDigest(publicKey, message, signature)
  return verifyBytes(scheme.hash, message, { key: publicKey, dsaEncoding: 'der' }, signature)
}
