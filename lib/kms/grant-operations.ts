/**
 * Which operations a grant can allow, and on which keys. Pure: forms use it too. AWS's pages:
 * lib/kms/README.md, "Grants".
 */
import { own } from '../own'
import { isInStore } from './key-specs'

/** In one fixed order, since AWS takes them for a set. */
export const grantOperations = [
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
  'Sign',
  'Verify',
  'GetPublicKey',
  'CreateGrant',
  'RetireGrant',
  'DescribeKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateMac',
  'VerifyMac',
  'DeriveSharedSecret',
  'Encapsulate',
  'Decapsulate',
] as const
export type GrantOperationName = (typeof grantOperations)[number]

/** What decides about a key's grants. */
export type KeyShape = { keySpec: string; keyUsage: string; origin: string }

const always: readonly GrantOperationName[] = ['CreateGrant', 'DescribeKey', 'RetireGrant']
const cipher: readonly GrantOperationName[] = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo']
const dataKeys: readonly GrantOperationName[] = [
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
]
const pairs: readonly GrantOperationName[] = [
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
]
const byUsage: Readonly<Record<string, readonly GrantOperationName[]>> = {
  SIGN_VERIFY: ['Sign', 'Verify', 'GetPublicKey'],
  GENERATE_VERIFY_MAC: ['GenerateMac', 'VerifyMac'],
  KEY_AGREEMENT: ['DeriveSharedSecret', 'GetPublicKey'],
  ENCAPSULATE_DECAPSULATE: ['Encapsulate', 'Decapsulate', 'GetPublicKey'],
}

/** Tells a symmetric encryption key: the only kind that knows an encryption context. */
export const isSymmetric = ({
  keySpec,
  keyUsage,
}: Pick<KeyShape, 'keySpec' | 'keyUsage'>): boolean =>
  keySpec === 'SYMMETRIC_DEFAULT' && keyUsage === 'ENCRYPT_DECRYPT'

/**
 * Returns what keys of this usage are for; of a spec that is not told, what any of them is. null: a
 * usage this version does not know.
 */
export function operationsOfUsage(
  keyUsage: string,
  keySpec: string | undefined,
): readonly GrantOperationName[] | null {
  if (keyUsage !== 'ENCRYPT_DECRYPT') return own(byUsage, keyUsage) ?? null
  if (keySpec === undefined) return [...cipher, ...dataKeys, ...pairs, 'GetPublicKey']
  return keySpec === 'SYMMETRIC_DEFAULT'
    ? [...cipher, ...dataKeys, ...pairs]
    : [...cipher, 'GetPublicKey']
}

/**
 * Returns what a grant on such a key can allow; data key pairs not in custom key stores. null: a
 * usage this version does not know.
 */
export function grantableOperations({
  keySpec,
  keyUsage,
  origin,
}: KeyShape): readonly GrantOperationName[] | null {
  const uses = operationsOfUsage(keyUsage, keySpec)
  if (uses === null) return null
  const without = isInStore(origin) ? pairs : []
  return [...always, ...uses.filter((name) => !without.includes(name))]
}
