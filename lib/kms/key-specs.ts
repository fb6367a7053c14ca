/** What CreateKey takes. Pure. AWS's pages: lib/kms/README.md, "Specs and usages". */
export const origins = ['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'] as const
export type Origin = (typeof origins)[number]
/** Tells whether the key material is in a custom key store. */
export const isInStore = (origin: string | null): boolean =>
  origin === 'AWS_CLOUDHSM' || origin === 'EXTERNAL_KEY_STORE'

const both = ['SIGN_VERIFY', 'KEY_AGREEMENT'] as const
const rsa = ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'] as const
const sign = ['SIGN_VERIFY'] as const
const mac = ['GENERATE_VERIFY_MAC'] as const
const kem = ['ENCAPSULATE_DECAPSULATE'] as const

/** Key spec -> the usages AWS takes with it. */
export const usagesOf = {
  SYMMETRIC_DEFAULT: ['ENCRYPT_DECRYPT'],
  HMAC_224: mac,
  HMAC_256: mac,
  HMAC_384: mac,
  HMAC_512: mac,
  RSA_2048: rsa,
  RSA_3072: rsa,
  RSA_4096: rsa,
  ECC_NIST_P256: both,
  ECC_NIST_P384: both,
  ECC_NIST_P521: both,
  ECC_NIST_EDWARDS25519: sign,
  ECC_SECG_P256K1: sign,
  ML_DSA_44: sign,
  ML_DSA_65: sign,
  ML_DSA_87: sign,
  ML_KEM_512: kem,
  ML_KEM_768: kem,
  ML_KEM_1024: kem,
  SM2: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'KEY_AGREEMENT'],
} as const
export type Spec = keyof typeof usagesOf
// Object.keys forgets the names it was given
export const specs = Object.keys(usagesOf) as [Spec, ...Spec[]]
export const usages = [
  'ENCRYPT_DECRYPT',
  'SIGN_VERIFY',
  'GENERATE_VERIFY_MAC',
  'KEY_AGREEMENT',
  'ENCAPSULATE_DECAPSULATE',
] as const
export type Usage = (typeof usages)[number]

export type KeyPlan = {
  keySpec: Spec
  keyUsage: Usage
  origin: Origin
  multiRegion: boolean
  customKeyStoreId: string | null
  xksKeyId: string | null
}

/** Returns why AWS makes no such key; null: it does, or does not say (see `doubtsAbout`). */
export function refusePlan(
  { keySpec, keyUsage, origin, multiRegion, customKeyStoreId, xksKeyId }: KeyPlan,
  partition: string,
): string | null {
  const takes: readonly string[] = usagesOf[keySpec]
  if (!takes.includes(keyUsage))
    return `A key of spec ${keySpec} is for ${takes.join(' or ')}, not for ${keyUsage}.`
  if (keySpec === 'SM2' && partition !== 'aws-cn')
    return 'SM2 keys exist in the Regions of China only.'
  if (keySpec.startsWith('ML_KEM') && partition === 'aws-cn')
    return 'ML-KEM keys do not exist in the Regions of China.'
  if (origin === 'EXTERNAL' && keySpec.startsWith('ML_DSA'))
    return 'AWS imports no key material for ML-DSA keys.'
  if (!isInStore(origin))
    return customKeyStoreId || xksKeyId
      ? `A key of origin ${origin} is in no custom key store.`
      : null
  if (keySpec !== 'SYMMETRIC_DEFAULT')
    return 'A custom key store holds symmetric encryption keys only.'
  if (multiRegion) return 'A key in a custom key store cannot be multi-Region.'
  if (!customKeyStoreId) return 'Name the custom key store.'
  if (origin === 'EXTERNAL_KEY_STORE')
    return xksKeyId ? null : 'Name the key of the external key manager.'
  return xksKeyId ? 'Only a key in an external key store names an external key.' : null
}

/**
 * Returns what AWS does not document about such a key: it is asked for all the same, and AWS might
 * refuse.
 */
export function doubtsAbout({ keySpec, origin, multiRegion }: KeyPlan): string[] {
  const young = keySpec.startsWith('ML_KEM') || keySpec === 'ECC_NIST_EDWARDS25519'
  return [
    ...(origin === 'EXTERNAL' && young
      ? [`Whether AWS imports key material for ${keySpec} is not documented: it may refuse.`]
      : []),
    ...(multiRegion && (young || keySpec.startsWith('ML_DSA'))
      ? [`Whether AWS makes multi-Region keys of ${keySpec} is not documented: it may refuse.`]
      : []),
  ]
}
