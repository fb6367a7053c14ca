import { randomBytes } from 'node:crypto'
import { AwsError, type Call, type Input } from '../call'
import { noteKey, permit, permitKey } from './access'
import { publicKeyOf, requireCurrent } from './crypto-material'
import { findKey } from './identify'
import { ownRegion } from './place'
import { readNumber, readText } from './read-input'
import { algorithmField, algorithmsOf, hasDeprecatedSpec, isAsymmetric } from './specs'
import { requireState } from './state'
import { checkGrantTokens, refuseRecipient } from './use'

export async function getPublicKey(call: Call, input: Input): Promise<Input> {
  checkGrantTokens(input)
  const found = findKey(call, readText(input, 'KeyId') ?? '', { aliases: true })
  const { key } = found
  noteKey(call, key)
  permitKey(call, found)
  if (!isAsymmetric(key)) throw new AwsError('UnsupportedOperationException', '')
  requireState(call.operation, key)
  const publicKey = await publicKeyOf(call.world, key, requireCurrent(key))
  return {
    KeyId: key.arn,
    PublicKey: publicKey.toString('base64'),
    ...(hasDeprecatedSpec(key.keySpec) ? { CustomerMasterKeySpec: key.keySpec } : {}),
    KeySpec: key.keySpec,
    KeyUsage: key.keyUsage,
    [algorithmField(key.keyUsage)]: [...algorithmsOf(key)],
  }
}

export function generateRandom(call: Call, input: Input): Input {
  const size = readNumber(input, 'NumberOfBytes')
  if (size === undefined) throw new AwsError('ValidationException', 'NumberOfBytes is required.')
  const storeId = readText(input, 'CustomKeyStoreId')
  permit(call)
  refuseRecipient(input)
  if (storeId !== undefined) requireHsm(call, storeId)
  return { Plaintext: randomBytes(size).toString('base64') }
}

/** Refuses an external key store: random bytes come from a CloudHSM store only. */
function requireHsm(call: Call, storeId: string) {
  const store = ownRegion(call).keyStores.get(storeId)
  if (!store) throw new AwsError('CustomKeyStoreNotFoundException', '')
  if (store.type !== 'AWS_CLOUDHSM') {
    throw new AwsError(
      'UnsupportedOperationException',
      'GenerateRandom is not supported in an external key store.',
    )
  }
  if (store.connectionState !== 'CONNECTED')
    throw new AwsError('CustomKeyStoreInvalidStateException', '')
}
