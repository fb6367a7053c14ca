import { AwsError, type Call, type Input } from '../call'
import type { Key } from '../world'
import { noteKey, permitKey } from './access'
import { generatePair } from './crypto-material'
import { findKey } from './identify'
import { addMaterial, removeMaterial, type Imported } from './imported-material'
import { readImportToken, writeImportToken } from './import-token'
import { refuseManaged } from './managed'
import { seconds } from './place'
import { readBlob, readNumber, readText } from './read-input'
import { schedule } from './schedule'
import { requireState, unsupportedOrigin } from './state'
import { checkMaterial, checkWrapping, unwrap } from './wrapping'
import type { RequestContext } from '../authz/request-context'

const day = 86_400_000

export async function getParametersForImport(call: Call, input: Input): Promise<Input> {
  const algorithm = readText(input, 'WrappingAlgorithm') ?? ''
  const spec = readText(input, 'WrappingKeySpec') ?? ''
  const key = permitImport(call, input, {
    'kms:WrappingAlgorithm': algorithm,
    'kms:WrappingKeySpec': spec,
  })
  checkWrapping(key, algorithm, spec)
  const pair = await generatePair(spec)
  const validTo = call.now + day
  const token = writeImportToken({
    keyArn: key.arn,
    algorithm,
    validTo,
    privateKey: pair.privateKey.toString('base64'),
  })
  return {
    KeyId: key.arn,
    ImportToken: token.toString('base64'),
    PublicKey: pair.publicKey.toString('base64'),
    ParametersValidTo: seconds(validTo),
  }
}

export function importKeyMaterial(call: Call, input: Input): Input {
  const expiry = readExpiry(call, input)
  const key = permitImport(call, input, {
    'kms:ExpirationModel': expiry.expirationModel ?? undefined,
    'kms:ValidTo': expiry.validTo === null ? undefined : new Date(expiry.validTo).toISOString(),
  })
  const token = readImportToken(
    readBlob(input, 'ImportToken') ?? Buffer.alloc(0),
    key.arn,
    call.now,
  )
  const wrapped = readBlob(input, 'EncryptedKeyMaterial') ?? Buffer.alloc(0)
  const bytes = unwrap(wrapped, token.algorithm, Buffer.from(token.privateKey, 'base64'))
  checkMaterial(key, bytes)
  const imported: Imported = {
    ...expiry,
    bytes,
    type: readText(input, 'ImportType'),
    keyMaterialId: readText(input, 'KeyMaterialId'),
    description: readText(input, 'KeyMaterialDescription'),
  }
  const material = addMaterial(call.world, key, imported)
  if (material.validTo !== null) schedule(call.world, material.validTo)
  return { KeyId: key.arn, KeyMaterialId: material.id }
}

export function deleteImportedKeyMaterial(call: Call, input: Input): Input {
  const key = permitImport(call, input)
  const material = removeMaterial(call.world, key, readText(input, 'KeyMaterialId'))
  return { KeyId: key.arn, ...(material ? { KeyMaterialId: material.id } : {}) }
}

function permitImport(call: Call, input: Input, context: RequestContext = {}): Key {
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  noteKey(call, found.key)
  permitKey(call, found, context)
  refuseManaged(found.key)
  if (found.key.origin !== 'EXTERNAL') throw unsupportedOrigin(found.key)
  requireState(call.operation, found.key)
  return found.key
}

/**
 * The API's default is that material expires, and then it must say when: in the
 * future, at most 365 days ahead.
 */
function readExpiry(call: Call, input: Input): Pick<Imported, 'expirationModel' | 'validTo'> {
  const given = readNumber(input, 'ValidTo')
  if (readText(input, 'ExpirationModel') === 'KEY_MATERIAL_DOES_NOT_EXPIRE') {
    if (given !== undefined)
      throw invalid(
        'A validTo date cannot be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE',
      )
    return { expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE', validTo: null }
  }
  if (given === undefined)
    throw invalid('A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES')
  const validTo = given * 1000
  if (validTo <= call.now) throw invalid('ValidTo must be in the future')
  if (validTo > call.now + 365 * day)
    throw invalid('ValidTo must be at most 365 days in the future')
  return { expirationModel: 'KEY_MATERIAL_EXPIRES', validTo }
}

const invalid = (words: string) => new AwsError('ValidationException', words)
