/**
 * The operations a grant can allow, by what people do with them, each with
 * what it means for who gets it.
 */
import { grantableOperations, type GrantOperationName } from '@/lib/kms/grant-operations'
import type { AskedKey } from '@/lib/changes/request/askable'
import { isInStore } from '@/lib/kms/key-specs'

type Group = { title: string; operations: readonly (readonly [GrantOperationName, string])[] }

export const operationGroups: readonly Group[] = [
  {
    title: 'Read',
    operations: [
      ['Decrypt', 'Read what was encrypted under the key.'],
      ['ReEncryptFrom', 'Move data from this key to another, without seeing it.'],
    ],
  },
  {
    title: 'Write',
    operations: [
      ['Encrypt', 'Encrypt up to 4,096 bytes in KMS itself.'],
      [
        'GenerateDataKey',
        'A new data key, in plain text and encrypted: how larger data is encrypted.',
      ],
      ['GenerateDataKeyWithoutPlaintext', 'A new data key, encrypted only: to be opened later.'],
      ['GenerateDataKeyPair', 'A new key pair, its private half encrypted under the key.'],
      ['GenerateDataKeyPairWithoutPlaintext', 'The same, without the private half in plain text.'],
      ['ReEncryptTo', 'Move data from another key to this one.'],
    ],
  },
  {
    title: 'Sign and verify',
    operations: [
      ['Sign', 'Sign in the name of the key.'],
      ['Verify', 'Have a signature checked.'],
      ['GenerateMac', 'Make a MAC.'],
      ['VerifyMac', 'Have a MAC checked.'],
    ],
  },
  {
    title: 'Agree on a secret',
    operations: [
      ['DeriveSharedSecret', 'Derive a secret with somebody else’s public key.'],
      ['Encapsulate', 'Make a secret that only this key can open.'],
      ['Decapsulate', 'Open such a secret.'],
    ],
  },
  {
    title: 'Look up and administer',
    operations: [
      ['DescribeKey', 'See what key it is. Most callers need it.'],
      ['GetPublicKey', 'Fetch the public key.'],
      [
        'CreateGrant',
        'Pass on, by further grants, what this grant allows. AWS services that work on later need it.',
      ],
      ['RetireGrant', 'Give the grant up.'],
    ],
  },
]

type Shape = Pick<AskedKey, 'keySpec' | 'keyUsage' | 'origin' | 'aliases' | 'keyId'>

/**
 * Why a grant cannot allow an operation on one of the keys; null: on all of
 * them it can, or we do not know.
 */
export function whyNoOperation(
  operation: GrantOperationName,
  keys: readonly Shape[],
): string | null {
  for (const { keySpec, keyUsage, origin, aliases, keyId } of keys) {
    if (keySpec === null || keyUsage === null || origin === null) continue
    const allowed = grantableOperations({ keySpec, keyUsage, origin })
    if (allowed === null || allowed.includes(operation)) continue
    const name = keys.length > 1 ? ` (${aliases[0] ?? keyId})` : ''
    return isInStore(origin)
      ? `Not for a key in a custom key store${name}.`
      : `Not for a ${keySpec} key for ${keyUsage}${name}.`
  }
  return null
}
