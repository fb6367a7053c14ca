import type { Operation, Operations } from '../call'
import { createAlias, deleteAlias, listAliases, updateAlias } from './aliases'
import { createKey } from './create-key'
import { decapsulate, deriveSharedSecret, encapsulate } from './crypto-agreement'
import {
  generateDataKey,
  generateDataKeyPair,
  generateDataKeyPairWithoutPlaintext,
  generateDataKeyWithoutPlaintext,
} from './crypto-data-keys'
import { generateMac, verifyMac } from './crypto-mac'
import { generateRandom, getPublicKey } from './crypto-public-key'
import { sign, verify } from './crypto-sign'
import { decrypt, encrypt, reEncrypt } from './crypto-symmetric'
import { createGrant, listGrants, listRetirableGrants } from './grants'
import { retireGrant, revokeGrant } from './grants-end'
import { deleteImportedKeyMaterial, getParametersForImport, importKeyMaterial } from './import'
import {
  connectCustomKeyStore,
  createCustomKeyStore,
  deleteCustomKeyStore,
  describeCustomKeyStores,
  disconnectCustomKeyStore,
  updateCustomKeyStore,
} from './key-stores'
import {
  cancelKeyDeletion,
  describeKey,
  disableKey,
  enableKey,
  getKeyLastUsage,
  listKeys,
  scheduleKeyDeletion,
  updateKeyDescription,
} from './lifecycle'
import { replicateKey, updatePrimaryRegion } from './multi-region'
import { getKeyPolicy, listKeyPolicies, putKeyPolicy } from './policies'
import {
  disableKeyRotation,
  enableKeyRotation,
  getKeyRotationStatus,
  listKeyRotations,
  rotateKeyOnDemand,
} from './rotation'
import { listResourceTags, tagResource, untagResource } from './tags'
import { settle } from './time'
import { noteTrail } from './trail-notes'
import { validateInput } from './validate'

/** Every operation of AWS KMS, behind the validation of the API model. */
export const kmsOperations: Operations = validated({
  CancelKeyDeletion: cancelKeyDeletion,
  ConnectCustomKeyStore: connectCustomKeyStore,
  CreateAlias: createAlias,
  CreateCustomKeyStore: createCustomKeyStore,
  CreateGrant: createGrant,
  CreateKey: createKey,
  Decapsulate: decapsulate,
  Decrypt: decrypt,
  DeleteAlias: deleteAlias,
  DeleteCustomKeyStore: deleteCustomKeyStore,
  DeleteImportedKeyMaterial: deleteImportedKeyMaterial,
  DeriveSharedSecret: deriveSharedSecret,
  DescribeCustomKeyStores: describeCustomKeyStores,
  DescribeKey: describeKey,
  DisableKey: disableKey,
  DisableKeyRotation: disableKeyRotation,
  DisconnectCustomKeyStore: disconnectCustomKeyStore,
  EnableKey: enableKey,
  EnableKeyRotation: enableKeyRotation,
  Encapsulate: encapsulate,
  Encrypt: encrypt,
  GenerateDataKey: generateDataKey,
  GenerateDataKeyPair: generateDataKeyPair,
  GenerateDataKeyPairWithoutPlaintext: generateDataKeyPairWithoutPlaintext,
  GenerateDataKeyWithoutPlaintext: generateDataKeyWithoutPlaintext,
  GenerateMac: generateMac,
  GenerateRandom: generateRandom,
  GetKeyLastUsage: getKeyLastUsage,
  GetKeyPolicy: getKeyPolicy,
  GetKeyRotationStatus: getKeyRotationStatus,
  GetParametersForImport: getParametersForImport,
  GetPublicKey: getPublicKey,
  ImportKeyMaterial: importKeyMaterial,
  ListAliases: listAliases,
  ListGrants: listGrants,
  ListKeyPolicies: listKeyPolicies,
  ListKeyRotations: listKeyRotations,
  ListKeys: listKeys,
  ListResourceTags: listResourceTags,
  ListRetirableGrants: listRetirableGrants,
  PutKeyPolicy: putKeyPolicy,
  ReEncrypt: reEncrypt,
  ReplicateKey: replicateKey,
  RetireGrant: retireGrant,
  RevokeGrant: revokeGrant,
  RotateKeyOnDemand: rotateKeyOnDemand,
  ScheduleKeyDeletion: scheduleKeyDeletion,
  Sign: sign,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateAlias: updateAlias,
  UpdateCustomKeyStore: updateCustomKeyStore,
  UpdateKeyDescription: updateKeyDescription,
  UpdatePrimaryRegion: updatePrimaryRegion,
  Verify: verify,
  VerifyMac: verifyMac,
})

function validated(operations: Operations): Operations {
  return Object.fromEntries(
    Object.entries(operations).map(([name, run]): [string, Operation] => [
      name,
      async (call, input) => {
        settle(call.world, call.now)
        validateInput(name, input)
        const notes = noteTrail(call, input)
        const output = await run(call, input)
        notes.answered(output)
        return output
      },
    ]),
  )
}
