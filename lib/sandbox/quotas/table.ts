/**
 * KMS request quotas per account and Region (aws-facts 6.1), in calls a second. Each row counts on
 * its own. The throttling of the frame and the Service Quotas API read the same rows.
 */
export type RequestQuota = {
  /** The exact Service Quotas name. */
  name: string
  /** L-…; null where AWS publishes none: such a row throttles but is not in Service Quotas. */
  code: string | null
  operations: readonly string[]
  /** Which kind of key (or data key pair) a call must be about to count here; null: any. */
  family: Family | null
  dataKeyPairSpec: string | null
  adjustable: boolean
  /** `Resource` dimension of AWS/Usage CallCount. */
  usageResource: string
  defaultPerSecond: (region: string) => number
}

export type Family = 'symmetric' | 'rsa' | 'ecc' | 'ml-dsa' | 'ml-kem'

const FAST = new Set(['us-east-1', 'us-west-2', 'eu-west-1'])
const MIDDLE = new Set([
  'us-east-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'eu-central-1',
  'eu-west-2',
  'eu-south-2',
])

function symmetricPerSecond(region: string): number {
  if (FAST.has(region)) return 100_000
  return MIDDLE.has(region) ? 20_000 : 10_000
}

const CRYPTO: RequestQuota[] = [
  crypto(
    'symmetric',
    'symmetric',
    'L-6E3AF000',
    'CryptographicOperationsSymmetric',
    symmetricPerSecond,
    [
      'Decrypt',
      'Encrypt',
      'GenerateDataKey',
      'GenerateDataKeyWithoutPlaintext',
      'GenerateMac',
      'VerifyMac',
      'GenerateRandom',
      'ReEncrypt',
    ],
  ),
  crypto('RSA', 'rsa', 'L-2AC98190', 'CryptographicOperationsRsa', () => 1_000, [
    'Encrypt',
    'Decrypt',
    'ReEncrypt',
    'Sign',
    'Verify',
  ]),
  crypto('ECC & SM2', 'ecc', 'L-DC14942D', 'CryptographicOperationsEcc', () => 1_000, [
    'Sign',
    'Verify',
    'DeriveSharedSecret',
    'Encrypt',
    'Decrypt',
    'ReEncrypt',
  ]),
  crypto('ML-DSA', 'ml-dsa', 'L-3C995F2B', 'CryptographicOperationsMlDsa', () => 1_000, [
    'Sign',
    'Verify',
  ]),
  // Not in AWS's published tables (aws-facts 12.1): the rate of its neighbours, without a code.
  crypto('ML-KEM', 'ml-kem', null, 'CryptographicOperationsMlKem', () => 1_000, [
    'Encapsulate',
    'Decapsulate',
  ]),
]

function crypto(
  label: string,
  family: Family,
  code: string | null,
  usageResource: string,
  defaultPerSecond: (region: string) => number,
  operations: string[],
): RequestQuota {
  const name = `Cryptographic operations (${label}) request rate`
  return {
    name,
    code,
    operations,
    family,
    dataKeyPairSpec: null,
    adjustable: true,
    usageResource,
    defaultPerSecond,
  }
}

const PAIRS: [spec: string, perSecond: number, code: string][] = [
  ['ECC_NIST_P256', 100, 'L-D2EEB5E0'],
  ['ECC_NIST_P384', 100, 'L-16B46EF0'],
  ['ECC_NIST_P521', 100, 'L-1D966DA0'],
  ['ECC_SECG_P256K1', 100, 'L-3B372FA9'],
  ['ECC_NIST_EDWARDS25519', 100, 'L-7851D255'],
  ['RSA_2048', 20, 'L-77042783'],
  ['RSA_3072', 4, 'L-AE57B391'],
  ['RSA_4096', 1, 'L-FCE4492D'],
]

const SINGLE: [operation: string, perSecond: number, code: string | null, adjustable?: false][] = [
  ['CancelKeyDeletion', 5, 'L-635264CC'],
  ['ConnectCustomKeyStore', 5, 'L-705B9E79'],
  ['CreateAlias', 5, 'L-F7504F73'],
  ['CreateCustomKeyStore', 5, 'L-08932E37'],
  ['CreateGrant', 50, 'L-0428A42E'],
  ['CreateKey', 5, 'L-32B67F4A'],
  ['DeleteAlias', 15, 'L-1F75ADD1'],
  ['DeleteCustomKeyStore', 5, 'L-E99520CB'],
  ['DeleteImportedKeyMaterial', 15, 'L-1233BF9B'],
  ['DescribeCustomKeyStores', 5, 'L-E20AA94C'],
  ['DescribeKey', 2000, 'L-FAE8F084'],
  ['DisableKey', 5, 'L-6B8C93BD'],
  ['DisableKeyRotation', 5, 'L-CE1DB614'],
  ['DisconnectCustomKeyStore', 5, 'L-9F1FCF6D'],
  ['EnableKey', 5, 'L-BD96F100'],
  ['EnableKeyRotation', 15, 'L-BE799B67'],
  ['GetKeyLastUsage', 5, null],
  ['GetKeyPolicy', 1000, 'L-A2A30EC6'],
  ['GetKeyRotationStatus', 1000, 'L-D7711EF4'],
  ['GetParametersForImport', 1, 'L-515A0541'],
  ['GetPublicKey', 2000, 'L-E4FBCA5E'],
  ['ImportKeyMaterial', 15, 'L-99631835'],
  ['ListAliases', 500, 'L-BF3F8F1D'],
  ['ListGrants', 100, 'L-D39AB822'],
  ['ListKeyPolicies', 100, 'L-79E0D0AB'],
  ['ListKeyRotations', 100, 'L-171660E4'],
  ['ListKeys', 500, 'L-8A08DAEA'],
  ['ListResourceTags', 2000, 'L-FB6513A2'],
  ['ListRetirableGrants', 100, 'L-161E93A6'],
  ['PutKeyPolicy', 15, 'L-9DDDE6CA'],
  ['ReplicateKey', 5, 'L-E1C93865'],
  ['RetireGrant', 50, 'L-74021A59'],
  ['RevokeGrant', 50, 'L-F20EBCB7'],
  ['RotateKeyOnDemand', 5, null, false],
  ['ScheduleKeyDeletion', 15, 'L-88313D4A'],
  ['TagResource', 10, 'L-7D6DE447'],
  ['UntagResource', 5, 'L-6375F442'],
  ['UpdateAlias', 5, 'L-DB3BF542'],
  ['UpdateCustomKeyStore', 5, 'L-275D92F3'],
  ['UpdateKeyDescription', 5, 'L-A3828E1F'],
  ['UpdatePrimaryRegion', 5, 'L-F83AC7F7'],
]

export const REQUEST_QUOTAS: readonly RequestQuota[] = [
  ...CRYPTO,
  ...PAIRS.map(
    ([spec, perSecond, code]): RequestQuota => ({
      name: `GenerateDataKeyPair (${spec}) request rate`,
      code,
      operations: ['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext'],
      family: null,
      dataKeyPairSpec: spec,
      adjustable: true,
      usageResource: `GenerateDataKeyPair-${spec}`,
      defaultPerSecond: () => perSecond,
    }),
  ),
  ...SINGLE.map(
    ([operation, perSecond, code, adjustable = true]): RequestQuota => ({
      name: `${operation} request rate`,
      code,
      operations: [operation],
      family: null,
      dataKeyPairSpec: null,
      adjustable,
      usageResource: operation,
      defaultPerSecond: () => perSecond,
    }),
  ),
]

/** A count of things rather than of calls (aws-facts 6.2). */
export type ResourceQuota = {
  name: string
  code: string | null
  value: number
  adjustable: boolean
}

export const RESOURCE_QUOTAS: readonly ResourceQuota[] = [
  { name: 'Customer Master Keys (CMKs)', code: 'L-C2F1777E', value: 100_000, adjustable: true },
  { name: 'Aliases per CMK', code: 'L-340F62FB', value: 50, adjustable: true },
  { name: 'Grants per CMK', code: 'L-D594A657', value: 50_000, adjustable: true },
  { name: 'Custom Key Stores', code: 'L-F33DCFEB', value: 10, adjustable: true },
  { name: 'On-demand rotations per CMK', code: 'L-0E66C9C0', value: 25, adjustable: false },
  { name: 'Key policy size', code: null, value: 32_768, adjustable: false },
]

export function findFamily(keySpec: string): Family {
  if (keySpec.startsWith('RSA_')) return 'rsa'
  if (keySpec.startsWith('ECC_') || keySpec === 'SM2') return 'ecc'
  if (keySpec.startsWith('ML_DSA')) return 'ml-dsa'
  return keySpec.startsWith('ML_KEM') ? 'ml-kem' : 'symmetric'
}

const byOperation = new Map<string, RequestQuota[]>()
for (const quota of REQUEST_QUOTAS) {
  for (const operation of quota.operations)
    byOperation.set(operation, [...(byOperation.get(operation) ?? []), quota])
}

/**
 * The row a call counts on; null for operations without one. `keySpec` null is a call about
 * no key, as GenerateRandom.
 */
export function findRequestQuota(
  operation: string,
  keySpec: string | null,
  dataKeyPairSpec: string | null,
): RequestQuota | null {
  const rows = byOperation.get(operation) ?? []
  const family = findFamily(keySpec ?? 'SYMMETRIC_DEFAULT')
  return (
    rows.find(
      (row) =>
        (row.family ?? family) === family &&
        (row.dataKeyPairSpec ?? dataKeyPairSpec) === dataKeyPairSpec,
    ) ?? null
  )
}

/** Other services' request quotas that the console meets, calls a second (aws-facts 6.3, 7.2). */
export const LOOKUP_EVENTS_PER_SECOND = 2
