import {
  dataKeyPairSpecs,
  encryptionAlgorithms,
  expirationModels,
  macAlgorithms,
  messageTypes,
  multiRegionKeyTypes,
  signingAlgorithms,
} from '../../kms/algorithms'
import { grantOperations } from '../../kms/grant-operations'
import { origins, specs, usages } from '../../kms/key-specs'
import { own } from '../../own'

/** What KMS can put into a condition key that takes values of a fixed set. */
const sets: Readonly<Record<string, ReadonlySet<string>>> = {
  'kms:keyspec': new Set(specs),
  'kms:customermasterkeyspec': new Set(specs),
  'kms:keyusage': new Set(usages),
  'kms:keyorigin': new Set(origins),
  'kms:multiregionkeytype': new Set(multiRegionKeyTypes),
  'kms:messagetype': new Set(messageTypes),
  'kms:expirationmodel': new Set(expirationModels),
  'kms:macalgorithm': new Set(macAlgorithms),
  'kms:encryptionalgorithm': new Set(encryptionAlgorithms),
  'kms:signingalgorithm': new Set(signingAlgorithms),
  'kms:datakeypairspec': new Set(dataKeyPairSpecs),
  'kms:grantoperations': new Set(grantOperations),
}

/** null: any value is possible. */
export function allowedValues(keyName: string): ReadonlySet<string> | null {
  return own(sets, keyName) ?? null
}
