import { constants, privateDecrypt, publicEncrypt, createPublicKey } from 'node:crypto'
import { AwsError, type Call, type Input } from '../call'
import { foreignRefusal } from '../authz/authorize'
import type { RequestContext } from '../authz/request-context'
import type { Key, Material } from '../world'
import { contextPairs, encryptionContextKeys } from './access'
import { invalidCiphertext, open, readHeader, seal } from './crypto-blob'
import { privateKeyOf, publicKeyOf, requireCurrent, secretOf } from './crypto-material'
import { findKey, type Found } from './identify'
import { readBlob, readText, readTexts } from './read-input'
import { isSymmetric } from './specs'
import {
  checkGrantTokens,
  endDryRun,
  noteMaterial,
  permitUse,
  recordUse,
  refuseContext,
  refuseRecipient,
  requireAlgorithm,
} from './use'
import { regionState } from './place'

export async function encrypt(call: Call, input: Input): Promise<Input> {
  const algorithm = readText(input, 'EncryptionAlgorithm') ?? 'SYMMETRIC_DEFAULT'
  checkGrantTokens(input)
  const found = findKey(call, readText(input, 'KeyId') ?? '', { aliases: true })
  const { key } = found
  permitUse(call, found, 'ENCRYPT_DECRYPT', {
    ...encryptionContextKeys(input),
    'kms:EncryptionAlgorithm': algorithm,
  })
  requireAlgorithm(key, algorithm)
  refuseContext(key, input)
  const plaintext = readBlob(input, 'Plaintext') ?? Buffer.alloc(0)
  checkLength(key, algorithm, plaintext)
  endDryRun(input)
  const material = requireCurrent(key)
  const blob = await encryptBytes(call, key, material, algorithm, contextPairs(input), plaintext)
  noteMaterial(call, key, material.id)
  recordUse(call, key)
  return { CiphertextBlob: blob.toString('base64'), KeyId: key.arn, EncryptionAlgorithm: algorithm }
}

export async function decrypt(call: Call, input: Input): Promise<Input> {
  const algorithm = readText(input, 'EncryptionAlgorithm') ?? 'SYMMETRIC_DEFAULT'
  checkGrantTokens(input)
  const source = findSource(call, input, 'KeyId')
  const { key } = source.found
  permitUse(call, source.found, 'ENCRYPT_DECRYPT', {
    ...encryptionContextKeys(input),
    'kms:EncryptionAlgorithm': algorithm,
  })
  requireAlgorithm(key, algorithm)
  refuseContext(key, input)
  refuseRecipient(input)
  if (source.blob === null) endDryRun(input)
  const opened = await decryptBytes(
    call,
    key,
    algorithm,
    contextPairs(input),
    source.blob ?? Buffer.alloc(0),
  )
  endDryRun(input)
  noteMaterial(call, key, opened.material.id)
  recordUse(call, key)
  return {
    KeyId: key.arn,
    Plaintext: opened.plaintext.toString('base64'),
    EncryptionAlgorithm: algorithm,
    ...(isSymmetric(key) ? { KeyMaterialId: opened.material.id } : {}),
  }
}

export async function reEncrypt(call: Call, input: Input): Promise<Input> {
  const from = readText(input, 'SourceEncryptionAlgorithm') ?? 'SYMMETRIC_DEFAULT'
  const to = readText(input, 'DestinationEncryptionAlgorithm') ?? 'SYMMETRIC_DEFAULT'
  checkGrantTokens(input)
  const source = findSource(call, input, 'SourceKeyId')
  const target = findKey(call, readText(input, 'DestinationKeyId') ?? '', {
    aliases: true,
    action: 'kms:ReEncryptTo',
  })
  const [old, key] = [source.found.key, target.key]
  permitReEncrypt(call, input, { source: source.found, from, target, to })
  requireAlgorithm(old, from)
  requireAlgorithm(key, to)
  refuseContext(old, input, 'SourceEncryptionContext')
  refuseContext(key, input, 'DestinationEncryptionContext')
  if (source.blob === null) endDryRun(input)
  const opened = await decryptBytes(
    call,
    old,
    from,
    contextPairs(input, 'SourceEncryptionContext'),
    source.blob ?? Buffer.alloc(0),
  )
  checkLength(key, to, opened.plaintext)
  endDryRun(input)
  const material = requireCurrent(key)
  const blob = await encryptBytes(
    call,
    key,
    material,
    to,
    contextPairs(input, 'DestinationEncryptionContext'),
    opened.plaintext,
  )
  noteReEncrypt(call, old, opened.material, key, material)
  recordUse(call, old)
  recordUse(call, key)
  return {
    CiphertextBlob: blob.toString('base64'),
    SourceKeyId: old.arn,
    KeyId: key.arn,
    SourceEncryptionAlgorithm: from,
    DestinationEncryptionAlgorithm: to,
    ...(isSymmetric(old) ? { SourceKeyMaterialId: opened.material.id } : {}),
    ...(isSymmetric(key) ? { DestinationKeyMaterialId: material.id } : {}),
  }
}

type Ends = { source: Found; from: string; target: Found; to: string }

/** It is two uses, each by the policies of its own key. */
function permitReEncrypt(call: Call, input: Input, { source, from, target, to }: Ends): void {
  const context = (member: string, algorithm: string): RequestContext => ({
    ...encryptionContextKeys(input, member),
    'kms:ReEncryptOnSameKey': source.key.arn === target.key.arn,
    'kms:EncryptionAlgorithm': algorithm,
  })
  const old = context('SourceEncryptionContext', from)
  permitUse(call, source, 'ENCRYPT_DECRYPT', old, 'ReEncryptFrom')
  const anew = context('DestinationEncryptionContext', to)
  permitUse(call, target, 'ENCRYPT_DECRYPT', anew, 'ReEncryptTo')
}

function noteReEncrypt(call: Call, old: Key, oldMaterial: Material, key: Key, material: Material) {
  call.trail.additionalEventData = {
    ...(isSymmetric(old) ? { sourceKeyMaterialId: oldMaterial.id } : {}),
    ...(isSymmetric(key) ? { destinationKeyMaterialId: material.id } : {}),
  }
}

/**
 * Finds the key a ciphertext was made under: named by the caller, or by the symmetric ciphertext
 * itself.
 */
function findSource(
  call: Call,
  input: Input,
  member: 'KeyId' | 'SourceKeyId',
): { found: Found; blob: Buffer | null } {
  const blob = readBlob(input, 'CiphertextBlob') ?? null
  const named = readText(input, member)
  if (readTexts(input, 'DryRunModifiers').includes('IGNORE_CIPHERTEXT'))
    return findWithoutCiphertext(call, input, named)
  if (blob === null) throw nullMember('ciphertextBlob')
  const header = readHeader(blob)
  if (named !== undefined) {
    const found = findKey(call, bareForeignId(call, named, header?.accountId), {
      aliases: true,
      action: sourceAction(call),
    })
    if (!canHaveMade(found.key, header)) {
      throw new AwsError(
        'IncorrectKeyException',
        'The key ID in the request does not identify a CMK that can perform this operation.',
      )
    }
    return { found, blob }
  }
  if (!header) throw invalidCiphertext()
  const key = regionState(call.world, header.accountId, call.region)?.keys.get(header.keyId)
  if (!key || (!key.multiRegion && header.region !== call.region)) throw unknownCiphertext(call)
  return { found: { key, alias: null, byCiphertext: true }, blob }
}

/**
 * Tells whether the key can have made this ciphertext: a key of another usage made none, a
 * symmetric key says so in the ciphertext.
 */
function canHaveMade(key: Key, header: ReturnType<typeof readHeader>): boolean {
  if (key.keyUsage !== 'ENCRYPT_DECRYPT') return false
  return (
    !header ||
    !isSymmetric(key) ||
    (header.keyId === key.keyId && header.accountId === key.accountId)
  )
}

/**
 * Completes the bare id of another account's key, which Decrypt and ReEncrypt take, since the
 * ciphertext says whose key it is.
 */
function bareForeignId(call: Call, named: string, accountId: string | undefined) {
  if (accountId === undefined || named.includes(':') || named.startsWith('alias/')) return named
  const own = regionState(call.world, call.caller.accountId, call.region)?.keys.has(named)
  return own
    ? named
    : (regionState(call.world, accountId, call.region)?.keys.get(named)?.arn ?? named)
}

function findWithoutCiphertext(call: Call, input: Input, named: string | undefined) {
  if (input.DryRun !== true)
    throw new AwsError(
      'ValidationException',
      'DryRunModifiers can only be specified when DryRun is true.',
    )
  if (named === undefined)
    throw new AwsError(
      'ValidationException',
      'A key identifier is required when IGNORE_CIPHERTEXT is specified.',
    )
  return { found: findKey(call, named, { aliases: true, action: sourceAction(call) }), blob: null }
}

const nullMember = (name: string) =>
  new AwsError(
    'ValidationException',
    `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
  )

const sourceAction = (call: Call) =>
  call.operation === 'ReEncrypt' ? 'kms:ReEncryptFrom' : 'kms:Decrypt'

/**
 * Returns the refusal where the ciphertext's key is not in this Region, or not for this caller: AWS
 * does not say which.
 */
function unknownCiphertext(call: Call) {
  return new AwsError('AccessDeniedException', foreignRefusal(call, sourceAction(call), true))
}

/**
 * Refuses more bytes than RSA-OAEP can hold: k/8 − 2·hash/8 − 2.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html
 */
function checkLength(key: Key, algorithm: string, plaintext: Buffer) {
  if (isSymmetric(key)) return
  const hash = algorithm === 'RSAES_OAEP_SHA_256' ? 32 : 20
  const most = Number(key.keySpec.slice('RSA_'.length)) / 8 - 2 * hash - 2
  if (plaintext.length <= most) return
  throw new AwsError(
    'ValidationException',
    `Algorithm ${algorithm} and key spec ${key.keySpec} cannot encrypt data larger than ${most} bytes.`,
  )
}

export async function encryptBytes(
  call: Call,
  key: Key,
  material: Material,
  algorithm: string,
  context: [string, string][],
  plaintext: Uint8Array,
): Promise<Buffer> {
  if (isSymmetric(key)) {
    const header = {
      accountId: key.accountId,
      region: key.region,
      keyId: key.keyId,
      materialId: material.id,
    }
    return seal(secretOf(call.world, key, material), header, context, plaintext)
  }
  const publicKey = createPublicKey({
    key: await publicKeyOf(call.world, key, material),
    format: 'der',
    type: 'spki',
  })
  return publicEncrypt(
    { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: oaepHash(algorithm) },
    plaintext,
  )
}

async function decryptBytes(
  call: Call,
  key: Key,
  algorithm: string,
  context: [string, string][],
  blob: Buffer,
) {
  if (isSymmetric(key)) {
    const header = readHeader(blob)
    const material = key.materials.find((candidate) => candidate.id === header?.materialId)
    if (!header || !material) throw invalidCiphertext()
    return { plaintext: open(secretOf(call.world, key, material), blob, context), material }
  }
  const material = requireCurrent(key)
  const privateKey = await privateKeyOf(call.world, key, material)
  try {
    const plaintext = privateDecrypt(
      { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: oaepHash(algorithm) },
      blob,
    )
    return { plaintext, material }
  } catch {
    throw invalidCiphertext()
  }
}

const oaepHash = (algorithm: string) => (algorithm === 'RSAES_OAEP_SHA_256' ? 'sha256' : 'sha1')
