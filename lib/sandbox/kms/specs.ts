/**
 * Key spec × usage × algorithm (aws-facts 2.2). Order of the algorithms is the
 * order in which KMS lists them.
 */
export type KeyClass = 'symmetric' | 'hmac' | 'rsa' | 'ecc' | 'ml-dsa' | 'ml-kem'

type Spec = {
  class: KeyClass
  /**
   * Usage -> the algorithms of a key with this spec and usage. The first usage is only for
   * the symmetric key a default.
   */
  usages: Partial<Record<string, readonly string[]>>
  /** Node's name of the curve, or the modulus length, or the size of the secret in bytes. */
  curve?: string
  bits?: number
  bytes?: number
  importable: boolean
}

const oaep = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256']
const rsaSigning = [
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
]
const rsa = (bits: number): Spec => ({
  class: 'rsa',
  bits,
  usages: { ENCRYPT_DECRYPT: oaep, SIGN_VERIFY: rsaSigning },
  importable: true,
})
const ecc = (curve: string, hash: number): Spec => ({
  class: 'ecc',
  curve,
  usages: { SIGN_VERIFY: [`ECDSA_SHA_${hash}`], KEY_AGREEMENT: ['ECDH'] },
  importable: true,
})
const hmac = (size: number): Spec => ({
  class: 'hmac',
  bytes: size / 8,
  usages: { GENERATE_VERIFY_MAC: [`HMAC_SHA_${size}`] },
  importable: true,
})
const mlDsa: Spec = {
  class: 'ml-dsa',
  usages: { SIGN_VERIFY: ['ML_DSA_SHAKE_256'] },
  importable: false,
}
const mlKem: Spec = {
  class: 'ml-kem',
  usages: { ENCAPSULATE_DECAPSULATE: ['ML_KEM'] },
  importable: false,
}

export const specs: Record<string, Spec> = {
  SYMMETRIC_DEFAULT: {
    class: 'symmetric',
    bytes: 32,
    usages: { ENCRYPT_DECRYPT: ['SYMMETRIC_DEFAULT'] },
    importable: true,
  },
  HMAC_224: hmac(224),
  HMAC_256: hmac(256),
  HMAC_384: hmac(384),
  HMAC_512: hmac(512),
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  ECC_NIST_P256: ecc('prime256v1', 256),
  ECC_NIST_P384: ecc('secp384r1', 384),
  ECC_NIST_P521: ecc('secp521r1', 512),
  ECC_SECG_P256K1: {
    class: 'ecc',
    curve: 'secp256k1',
    usages: { SIGN_VERIFY: ['ECDSA_SHA_256'] },
    importable: true,
  },
  ECC_NIST_EDWARDS25519: {
    class: 'ecc',
    curve: 'ed25519',
    usages: { SIGN_VERIFY: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'] },
    importable: true,
  },
  ML_DSA_44: mlDsa,
  ML_DSA_65: mlDsa,
  ML_DSA_87: mlDsa,
  ML_KEM_512: mlKem,
  ML_KEM_768: mlKem,
  ML_KEM_1024: mlKem,
}

export const isSymmetric = (key: { keySpec: string }) => key.keySpec === 'SYMMETRIC_DEFAULT'

export function classOf(keySpec: string): KeyClass {
  const spec = specs[keySpec]
  if (!spec) throw new Error(`Unknown key spec ${keySpec}`)
  return spec.class
}

export const isAsymmetric = (key: { keySpec: string }) =>
  !['symmetric', 'hmac'].includes(classOf(key.keySpec))

export const algorithmsOf = (key: { keySpec: string; keyUsage: string }): readonly string[] =>
  specs[key.keySpec]?.usages[key.keyUsage] ?? []

/**
 * The one field of KeyMetadata and GetPublicKey in which a key of this usage lists its algorithms.
 */
export function algorithmField(keyUsage: string) {
  switch (keyUsage) {
    case 'SIGN_VERIFY':
      return 'SigningAlgorithms'
    case 'KEY_AGREEMENT':
      return 'KeyAgreementAlgorithms'
    case 'GENERATE_VERIFY_MAC':
      return 'MacAlgorithms'
    case 'ENCAPSULATE_DECAPSULATE':
      return 'EncapsulationAlgorithms'
    default:
      return 'EncryptionAlgorithms'
  }
}

/**
 * `CustomerMasterKeySpec`, the deprecated twin of KeySpec. AWS gives it for ML_DSA keys too (AWS
 * Security Blog, "How to create post-quantum signatures using AWS KMS and ML-DSA"); no answer with
 * it is known for the two other recent kinds.
 */
export const hasDeprecatedSpec = (keySpec: string) =>
  classOf(keySpec) !== 'ml-kem' && keySpec !== 'ECC_NIST_EDWARDS25519'
