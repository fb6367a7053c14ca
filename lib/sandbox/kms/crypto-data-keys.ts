import { randomBytes } from 'node:crypto'
import { AwsError, type Call, type Input } from '../call'
import type { RequestContext } from '../authz/request-context'
import type { Key } from '../world'
import { contextPairs, encryptionContextKeys } from './access'
import { generatePair, requireCurrent, unsupportedCryptography } from './crypto-material'
import { encryptBytes } from './crypto-symmetric'
import { findKey } from './identify'
import { readNumber, readText } from './read-input'
import { unsupportedOrigin } from './state'
import {
  checkGrantTokens,
  endDryRun,
  noteMaterial,
  permitUse,
  recordUse,
  refuseRecipient,
  requireAlgorithm,
} from './use'
import { classOf, isSymmetric } from './specs'

const symmetric = 'SYMMETRIC_DEFAULT'

export async function generateDataKey(call: Call, input: Input): Promise<Input> {
  const { output, plaintext } = await makeDataKey(call, input)
  return { ...output, Plaintext: plaintext.toString('base64') }
}

export async function generateDataKeyWithoutPlaintext(call: Call, input: Input): Promise<Input> {
  return (await makeDataKey(call, input)).output
}

async function makeDataKey(
  call: Call,
  input: Input,
): Promise<{ output: Input; plaintext: Buffer }> {
  const size = readSize(input)
  const { key, context } = permitSymmetric(call, input)
  endDryRun(input)
  const plaintext = randomBytes(size)
  const material = requireCurrent(key)
  const blob = await encryptBytes(call, key, material, symmetric, context, plaintext)
  noteMaterial(call, key, material.id)
  recordUse(call, key)
  const output = {
    CiphertextBlob: blob.toString('base64'),
    KeyId: key.arn,
    KeyMaterialId: material.id,
  }
  return { output, plaintext }
}

/** Exactly one of KeySpec and NumberOfBytes. */
function readSize(input: Input): number {
  const spec = readText(input, 'KeySpec')
  const bytes = readNumber(input, 'NumberOfBytes')
  if ((spec === undefined) === (bytes === undefined)) {
    throw new AwsError('ValidationException', 'Please specify either number of bytes or key spec.')
  }
  return bytes ?? (spec === 'AES_128' ? 16 : 32)
}

export async function generateDataKeyPair(call: Call, input: Input): Promise<Input> {
  const { output, privateKey } = await makeDataKeyPair(call, input)
  return { ...output, PrivateKeyPlaintext: privateKey.toString('base64') }
}

export async function generateDataKeyPairWithoutPlaintext(
  call: Call,
  input: Input,
): Promise<Input> {
  return (await makeDataKeyPair(call, input)).output
}

async function makeDataKeyPair(
  call: Call,
  input: Input,
): Promise<{ output: Input; privateKey: Buffer }> {
  const spec = readText(input, 'KeyPairSpec') ?? ''
  const { key, context } = permitSymmetric(call, input, { 'kms:DataKeyPairSpec': spec })
  if (key.customKeyStoreId !== null) throw unsupportedOrigin(key)
  if (spec === 'SM2')
    throw new AwsError(
      'UnsupportedOperationException',
      'KeyPairSpec SM2 is not supported in this Region.',
    )
  endDryRun(input)
  if (classOf(spec) === 'ml-kem') throw unsupportedCryptography(spec)
  const pair = await generatePair(spec)
  const material = requireCurrent(key)
  const blob = await encryptBytes(call, key, material, symmetric, context, pair.privateKey)
  noteMaterial(call, key, material.id)
  recordUse(call, key)
  const output = {
    PrivateKeyCiphertextBlob: blob.toString('base64'),
    PublicKey: pair.publicKey.toString('base64'),
    KeyId: key.arn,
    KeyPairSpec: spec,
    KeyMaterialId: material.id,
  }
  return { output, privateKey: pair.privateKey }
}

function permitSymmetric(
  call: Call,
  input: Input,
  extra: RequestContext = {},
): { key: Key; context: [string, string][] } {
  checkGrantTokens(input)
  const found = findKey(call, readText(input, 'KeyId') ?? '', { aliases: true })
  permitUse(call, found, 'ENCRYPT_DECRYPT', {
    ...encryptionContextKeys(input),
    'kms:EncryptionAlgorithm': symmetric,
    ...extra,
  })
  if (!isSymmetric(found.key)) requireAlgorithm(found.key, symmetric)
  refuseRecipient(input)
  return { key: found.key, context: contextPairs(input) }
}
