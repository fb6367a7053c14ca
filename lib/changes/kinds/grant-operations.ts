/** Which operations a grant can allow, and on which keys (aws-facts 5). Pure: forms use it too. */

/** In one fixed order, since AWS takes them for a set. */
export const grantOperations = [
  'Decrypt', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo', 'Sign', 'Verify', 'GetPublicKey',
  'CreateGrant', 'RetireGrant', 'DescribeKey', 'GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext', 'GenerateMac', 'VerifyMac',
  'DeriveSharedSecret', 'Encapsulate', 'Decapsulate',
] as const
export type GrantOperationName = (typeof grantOperations)[number]

/** What decides about a key's grants. */
export type KeyShape = { keySpec: string; keyUsage: string; origin: string }

const always: readonly GrantOperationName[] = ['CreateGrant', 'DescribeKey', 'RetireGrant']
const cipher: readonly GrantOperationName[] = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo']
const dataKeys: readonly GrantOperationName[] = ['GenerateDataKey', 'GenerateDataKeyWithoutPlaintext']
const pairs: readonly GrantOperationName[] = ['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext']
const byUsage: Readonly<Record<string, readonly GrantOperationName[]>> = {
  ENCRYPT_DECRYPT: [...cipher, 'GetPublicKey'],
  SIGN_VERIFY: ['Sign', 'Verify', 'GetPublicKey'],
  GENERATE_VERIFY_MAC: ['GenerateMac', 'VerifyMac'],
  KEY_AGREEMENT: ['DeriveSharedSecret', 'GetPublicKey'],
  ENCAPSULATE_DECAPSULATE: ['Encapsulate', 'Decapsulate', 'GetPublicKey'],
}

/** The only keys that know an encryption context. */
export const isSymmetric = ({ keySpec, keyUsage }: Pick<KeyShape, 'keySpec' | 'keyUsage'>): boolean =>
  keySpec === 'SYMMETRIC_DEFAULT' && keyUsage === 'ENCRYPT_DECRYPT'

/** What a grant on such a key can allow; data key pairs not in custom key stores. null: a usage this version does not know. */
export function grantableOperations(key: KeyShape): readonly GrantOperationName[] | null {
  if (isSymmetric(key)) {
    const inStore = key.origin === 'AWS_CLOUDHSM' || key.origin === 'EXTERNAL_KEY_STORE'
    return [...always, ...cipher, ...dataKeys, ...(inStore ? [] : pairs)]
  }
  const own = byUsage[key.keyUsage]
  return own ? [...always, ...own] : null
}
