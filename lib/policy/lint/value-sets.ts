import { own } from '../../own'

const set = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const specs = 'SYMMETRIC_DEFAULT HMAC_224 HMAC_256 HMAC_384 HMAC_512 RSA_2048 RSA_3072 RSA_4096 ECC_NIST_P256 ECC_NIST_P384 ECC_NIST_P521 '
  + 'ECC_NIST_EDWARDS25519 ECC_SECG_P256K1 ML_DSA_44 ML_DSA_65 ML_DSA_87 ML_KEM_512 ML_KEM_768 ML_KEM_1024 SM2'

/** What KMS can put into a key that takes values of a fixed set (aws-facts 2.2, 2.3, 4.4, 5). */
const sets: Readonly<Record<string, ReadonlySet<string>>> = {
  'kms:keyspec': set(specs),
  'kms:customermasterkeyspec': set(specs),
  'kms:keyusage': set('ENCRYPT_DECRYPT SIGN_VERIFY GENERATE_VERIFY_MAC KEY_AGREEMENT ENCAPSULATE_DECAPSULATE'),
  'kms:keyorigin': set('AWS_KMS EXTERNAL AWS_CLOUDHSM EXTERNAL_KEY_STORE'),
  'kms:multiregionkeytype': set('PRIMARY REPLICA'),
  'kms:messagetype': set('RAW DIGEST EXTERNAL_MU'),
  'kms:expirationmodel': set('KEY_MATERIAL_EXPIRES KEY_MATERIAL_DOES_NOT_EXPIRE'),
  'kms:macalgorithm': set('HMAC_SHA_224 HMAC_SHA_256 HMAC_SHA_384 HMAC_SHA_512'),
  'kms:encryptionalgorithm': set('SYMMETRIC_DEFAULT RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256 SM2PKE'),
  'kms:signingalgorithm': set('RSASSA_PSS_SHA_256 RSASSA_PSS_SHA_384 RSASSA_PSS_SHA_512 RSASSA_PKCS1_V1_5_SHA_256 '
    + 'RSASSA_PKCS1_V1_5_SHA_384 '
    + 'RSASSA_PKCS1_V1_5_SHA_512 ECDSA_SHA_256 ECDSA_SHA_384 ECDSA_SHA_512 ED25519_SHA_512 ED25519_PH_SHA_512 SM2DSA ML_DSA_SHAKE_256'),
  'kms:datakeypairspec': set('RSA_2048 RSA_3072 RSA_4096 ECC_NIST_P256 ECC_NIST_P384 ECC_NIST_P521 ECC_SECG_P256K1 ECC_NIST_EDWARDS25519 '
    + 'ML_KEM_512 ML_KEM_768 ML_KEM_1024 SM2'),
  'kms:grantoperations': set('CreateGrant Decapsulate Decrypt DeriveSharedSecret DescribeKey Encapsulate Encrypt GenerateDataKey '
    + 'GenerateDataKeyPair '
    + 'GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac GetPublicKey ReEncryptFrom ReEncryptTo '
      + 'RetireGrant Sign Verify VerifyMac'),
}

/** null: any value is possible. */
export function allowedValues(keyName: string): ReadonlySet<string> | null {
  return own(sets, keyName) ?? null
}
