import { createPublicKey, diffieHellman, type KeyObject } from 'node:crypto'
import { AwsError, type Call, type Input } from '../call'
import { privateKeyOf, requireCurrent, unsupportedCryptography } from './crypto-material'
import { findKey } from './identify'
import { invalidCiphertext } from './crypto-blob'
import { readBlob, readText } from './read-input'
import { specs } from './specs'
import {
  checkGrantTokens,
  endDryRun,
  permitUse,
  recordUse,
  refuseRecipient,
  requireAlgorithm,
} from './use'

export async function deriveSharedSecret(call: Call, input: Input): Promise<Input> {
  const algorithm = readText(input, 'KeyAgreementAlgorithm') ?? ''
  checkGrantTokens(input)
  const found = findKey(call, readText(input, 'KeyId') ?? '', { aliases: true })
  const { key } = found
  permitUse(call, found, 'KEY_AGREEMENT', { 'kms:KeyAgreementAlgorithm': algorithm })
  requireAlgorithm(key, algorithm)
  refuseRecipient(input)
  const publicKey = readPublicKey(
    readBlob(input, 'PublicKey') ?? Buffer.alloc(0),
    specs[key.keySpec]?.curve,
  )
  endDryRun(input)
  const privateKey = await privateKeyOf(call.world, key, requireCurrent(key))
  const secret = diffieHellman({ privateKey, publicKey })
  recordUse(call, key)
  return {
    KeyId: key.arn,
    SharedSecret: secret.toString('base64'),
    KeyAgreementAlgorithm: algorithm,
    KeyOrigin: key.origin,
  }
}

function readPublicKey(der: Buffer, curve: string | undefined): KeyObject {
  const publicKey = parse(der)
  if (!publicKey) throw new AwsError('ValidationException', '') // AWS gives no words with this one.
  if (
    publicKey.asymmetricKeyType !== 'ec' ||
    publicKey.asymmetricKeyDetails?.namedCurve !== curve
  ) {
    throw new AwsError(
      'ValidationException',
      'The curve of the PublicKey does not match the key spec of the KMS key.',
    )
  }
  return publicKey
}

function parse(der: Buffer): KeyObject | null {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' })
  } catch {
    return null
  }
}

/** Ciphertext lengths of FIPS 203. */
const encapsulatedBytes: Record<string, number> = {
  ML_KEM_512: 768,
  ML_KEM_768: 1088,
  ML_KEM_1024: 1568,
}

export function encapsulate(call: Call, input: Input): Input {
  const key = permitEncapsulation(call, input)
  endDryRun(input)
  throw unsupportedCryptography(key.keySpec)
}

export function decapsulate(call: Call, input: Input): Input {
  const key = permitEncapsulation(call, input)
  const length = readBlob(input, 'SharedSecretCiphertextBlob')?.length
  if (length !== encapsulatedBytes[key.keySpec]) throw invalidCiphertext()
  endDryRun(input)
  throw unsupportedCryptography(key.keySpec)
}

function permitEncapsulation(call: Call, input: Input) {
  const algorithm = readText(input, 'EncapsulationAlgorithm') ?? ''
  checkGrantTokens(input)
  const found = findKey(call, readText(input, 'KeyId') ?? '', { aliases: true })
  permitUse(call, found, 'ENCAPSULATE_DECAPSULATE', { 'kms:EncapsulationAlgorithm': algorithm })
  requireAlgorithm(found.key, algorithm)
  return found.key
}
