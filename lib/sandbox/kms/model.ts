/**
 * What is said of each operation of KMS: the inputs of the API model and their constraints, which
 * AWS checks before it looks at anything else, and the key states that it works in.
 * An operation's members are written `Name:Shape`, with `*` where AWS requires them.
 */
import type { KeyState } from '../world'

export type Shape =
  | {
      type: 'string'
      min?: number
      max?: number
      pattern?: string
      enum?: readonly string[]
      sensitive?: true
    }
  | { type: 'integer'; min: number; max: number }
  | { type: 'blob'; min: number; max: number; sensitive?: true }
  | { type: 'boolean' | 'timestamp' | 'map' }
  | { type: 'list'; member: string; min?: number; max?: number }
  | { type: 'structure'; members: string }

const text = (min: number, max: number, pattern?: string): Shape => ({
  type: 'string',
  min,
  max,
  pattern,
})
const secret = (min: number, max: number, pattern?: string): Shape => ({
  type: 'string',
  min,
  max,
  pattern,
  sensitive: true,
})
const one = (values: string): Shape => ({ type: 'string', enum: values.split(' ') })
const blob = (max: number): Shape => ({ type: 'blob', min: 1, max })

const rsaAndEcc =
  'RSA_2048 RSA_3072 RSA_4096 ECC_NIST_P256 ECC_NIST_P384 ECC_NIST_P521 ECC_SECG_P256K1'

export const shapes: Record<string, Shape> = {
  AccountId: text(12, 12, '[0-9]{12}'),
  AliasName: text(1, 256, '^[a-zA-Z0-9:/_-]+$'),
  AttestationDocument: blob(262_144),
  Boolean: { type: 'boolean' },
  Ciphertext: blob(6144),
  ClusterId: text(19, 24, 'cluster-[2-7a-zA-Z]{11,16}'),
  Credential: {
    type: 'structure',
    members: 'AccessKeyId:XksAccessKeyId* RawSecretAccessKey:XksSecret*',
  },
  CustomerMasterKeySpec: one(
    `${rsaAndEcc} SYMMETRIC_DEFAULT HMAC_224 HMAC_256 HMAC_384 HMAC_512 SM2`,
  ),
  DataKeyPairSpec: one(`${rsaAndEcc} SM2 ECC_NIST_EDWARDS25519 ML_KEM_512 ML_KEM_768 ML_KEM_1024`),
  DataKeySpec: one('AES_256 AES_128'),
  Date: { type: 'timestamp' },
  Description: text(0, 8192),
  DryRunModifier: one('IGNORE_CIPHERTEXT'),
  DryRunModifiers: { type: 'list', member: 'DryRunModifier' },
  EncapsulationAlgorithm: one('ML_KEM'),
  EncryptionAlgorithm: one('SYMMETRIC_DEFAULT RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256 SM2PKE'),
  EncryptionContext: { type: 'map' },
  ExpirationModel: one('KEY_MATERIAL_EXPIRES KEY_MATERIAL_DOES_NOT_EXPIRE'),
  GrantConstraints: {
    type: 'structure',
    members:
      'EncryptionContextSubset:EncryptionContext EncryptionContextEquals:EncryptionContext SourceArn:SourceArn',
  },
  GrantId: text(1, 128),
  GrantName: text(1, 256, '^[a-zA-Z0-9:/_-]+$'),
  GrantOperation: one(
    'Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ' +
      'ReEncryptTo Sign Verify GetPublicKey CreateGrant ' +
      'RetireGrant DescribeKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext ' +
      'GenerateMac VerifyMac DeriveSharedSecret ' +
      'Encapsulate Decapsulate',
  ),
  GrantOperations: { type: 'list', member: 'GrantOperation' },
  GrantToken: text(1, 8192),
  GrantTokens: { type: 'list', member: 'GrantToken', min: 0, max: 10 },
  ImportType: one('NEW_KEY_MATERIAL EXISTING_KEY_MATERIAL'),
  IncludeKeyMaterial: one('ALL_KEY_MATERIAL ROTATIONS_ONLY'),
  KeyAgreementAlgorithm: one('ECDH'),
  KeyEncryptionMechanism: one('RSAES_OAEP_SHA_256'),
  KeyId: text(1, 2048),
  KeyMaterialId: text(64, 64, '^[a-f0-9]+$'),
  KeySpec: one(
    `${rsaAndEcc} SYMMETRIC_DEFAULT HMAC_224 HMAC_256 HMAC_384 HMAC_512 SM2 ML_DSA_44 ` +
      'ML_DSA_65 ML_DSA_87 ECC_NIST_EDWARDS25519 ' +
      'ML_KEM_512 ML_KEM_768 ML_KEM_1024',
  ),
  KeyUsage: one(
    'SIGN_VERIFY ENCRYPT_DECRYPT GENERATE_VERIFY_MAC KEY_AGREEMENT ENCAPSULATE_DECAPSULATE',
  ),
  Limit: { type: 'integer', min: 1, max: 1000 },
  MacAlgorithm: one('HMAC_SHA_224 HMAC_SHA_256 HMAC_SHA_384 HMAC_SHA_512'),
  Marker: text(1, 1024, '[\\u0020-\\u00FF]*'),
  MaterialDescription: text(0, 256, '^[a-zA-Z0-9:/_\\s.-]+$'),
  MessageType: one('RAW DIGEST EXTERNAL_MU'),
  NumberOfBytes: { type: 'integer', min: 1, max: 1024 },
  Origin: one('AWS_KMS EXTERNAL AWS_CLOUDHSM EXTERNAL_KEY_STORE'),
  Password: secret(7, 32),
  PendingWindowInDays: { type: 'integer', min: 1, max: 365 },
  Plaintext: { type: 'blob', min: 1, max: 4096, sensitive: true },
  Policy: text(1, 131_072, '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+'),
  PolicyName: text(1, 128, '[\\w]+'),
  PrincipalId: text(1, 256, '^[\\w+=,.@:/-]+$'),
  PublicKey: blob(8192),
  Recipient: {
    type: 'structure',
    members:
      'KeyEncryptionAlgorithm:KeyEncryptionMechanism AttestationDocument:AttestationDocument',
  },
  Region: text(1, 32, '^([a-z]+-){2,3}\\d+$'),
  RotationPeriodInDays: { type: 'integer', min: 90, max: 2560 },
  ServicePrincipal: text(1, 128, '^([a-z0-9-]+\\.){2,}[a-z0-9-]+$'),
  SigningAlgorithm: one(
    'RSASSA_PSS_SHA_256 RSASSA_PSS_SHA_384 RSASSA_PSS_SHA_512 RSASSA_PKCS1_V1_5_SHA_256 RSASSA_PKCS1_V1_5_SHA_384 ' +
      'RSASSA_PKCS1_V1_5_SHA_512 ECDSA_SHA_256 ECDSA_SHA_384 ECDSA_SHA_512 SM2DSA ' +
      'ML_DSA_SHAKE_256 ED25519_SHA_512 ED25519_PH_SHA_512',
  ),
  SourceArn: text(20, 512, '^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$'),
  StoreId: text(1, 64),
  StoreName: text(1, 256),
  StoreType: one('AWS_CLOUDHSM EXTERNAL_KEY_STORE'),
  Tag: { type: 'structure', members: 'TagKey:TagKey* TagValue:TagValue*' },
  TagKey: text(1, 128),
  TagKeys: { type: 'list', member: 'TagKey' },
  TagValue: text(0, 256),
  Tags: { type: 'list', member: 'Tag' },
  TrustAnchor: text(1, 5000),
  WrappingAlgorithm: one(
    'RSAES_PKCS1_V1_5 RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256 RSA_AES_KEY_WRAP_SHA_1 RSA_AES_KEY_WRAP_SHA_256 SM2PKE',
  ),
  WrappingKeySpec: one('RSA_2048 RSA_3072 RSA_4096 SM2'),
  XksAccessKeyId: secret(20, 30, '^[A-Z2-7]+$'),
  XksConnectivity: one('PUBLIC_ENDPOINT VPC_ENDPOINT_SERVICE'),
  XksEndpoint: text(10, 128, '^https://[a-zA-Z0-9.-]+$'),
  XksKeyId: text(1, 128, '^[a-zA-Z0-9-_.]+$'),
  XksPath: text(10, 128, '^(/[a-zA-Z0-9\\/_-]+/kms/xks/v\\d{1,2})$|^(/kms/xks/v\\d{1,2})$'),
  XksSecret: secret(43, 64, '^[a-zA-Z0-9\\/+=]+$'),
  XksVpcService: text(
    20,
    64,
    '^(com|eu)\\.amazonaws\\.vpce\\.([a-z]+-){2,3}\\d+\\.vpce-svc-[0-9a-z]+$',
  ),
}

const grantTokens = 'GrantTokens:GrantTokens'
const dryRun = 'DryRun:Boolean'
const paged = 'Limit:Limit Marker:Marker'
const context = 'EncryptionContext:EncryptionContext'
const recipient = 'Recipient:Recipient'
const xks =
  'XksProxyUriEndpoint:XksEndpoint XksProxyUriPath:XksPath XksProxyVpcEndpointServiceName:XksVpcService ' +
  'XksProxyVpcEndpointServiceOwner:AccountId XksProxyAuthenticationCredential:Credential ' +
  'XksProxyConnectivity:XksConnectivity'

export const inputs: Record<string, string> = {
  CancelKeyDeletion: 'KeyId:KeyId*',
  ConnectCustomKeyStore: 'CustomKeyStoreId:StoreId*',
  CreateAlias: 'AliasName:AliasName* TargetKeyId:KeyId*',
  CreateCustomKeyStore:
    'CustomKeyStoreName:StoreName* CloudHsmClusterId:ClusterId ' +
    'TrustAnchorCertificate:TrustAnchor KeyStorePassword:Password ' +
    `CustomKeyStoreType:StoreType ${xks}`,
  CreateGrant:
    'KeyId:KeyId* GranteePrincipal:PrincipalId GranteeServicePrincipal:ServicePrincipal ' +
    'RetiringPrincipal:PrincipalId ' +
    'RetiringServicePrincipal:ServicePrincipal Operations:GrantOperations* ' +
    'Constraints:GrantConstraints Name:GrantName ' +
    `${grantTokens} ${dryRun}`,
  CreateKey:
    'Policy:Policy Description:Description KeyUsage:KeyUsage ' +
    'CustomerMasterKeySpec:CustomerMasterKeySpec KeySpec:KeySpec ' +
    'Origin:Origin CustomKeyStoreId:StoreId BypassPolicyLockoutSafetyCheck:Boolean Tags:Tags ' +
    'MultiRegion:Boolean XksKeyId:XksKeyId',
  Decapsulate:
    'KeyId:KeyId* SharedSecretCiphertextBlob:Ciphertext* ' +
    `EncapsulationAlgorithm:EncapsulationAlgorithm* ${grantTokens} ${dryRun}`,
  Decrypt:
    `CiphertextBlob:Ciphertext KeyId:KeyId EncryptionAlgorithm:EncryptionAlgorithm DryRunModifiers:DryRunModifiers ` +
    `${context} ${grantTokens} ${recipient} ${dryRun}`,
  DeleteAlias: 'AliasName:AliasName*',
  DeleteCustomKeyStore: 'CustomKeyStoreId:StoreId*',
  DeleteImportedKeyMaterial: 'KeyId:KeyId* KeyMaterialId:KeyMaterialId',
  DeriveSharedSecret:
    'KeyId:KeyId* KeyAgreementAlgorithm:KeyAgreementAlgorithm* PublicKey:PublicKey* ' +
    `${grantTokens} ${dryRun} ${recipient}`,
  DescribeCustomKeyStores: `CustomKeyStoreId:StoreId CustomKeyStoreName:StoreName ${paged}`,
  DescribeKey: `KeyId:KeyId* ${grantTokens}`,
  DisableKey: 'KeyId:KeyId*',
  DisableKeyRotation: 'KeyId:KeyId*',
  DisconnectCustomKeyStore: 'CustomKeyStoreId:StoreId*',
  EnableKey: 'KeyId:KeyId*',
  EnableKeyRotation: 'KeyId:KeyId* RotationPeriodInDays:RotationPeriodInDays',
  Encapsulate: `KeyId:KeyId* EncapsulationAlgorithm:EncapsulationAlgorithm* ${grantTokens} ${dryRun}`,
  Encrypt:
    `KeyId:KeyId* Plaintext:Plaintext* EncryptionAlgorithm:EncryptionAlgorithm ${context} ` +
    `${grantTokens} ${dryRun}`,
  GenerateDataKey:
    `KeyId:KeyId* NumberOfBytes:NumberOfBytes KeySpec:DataKeySpec ${context} ${grantTokens} ` +
    `${recipient} ${dryRun}`,
  GenerateDataKeyPair: `KeyId:KeyId* KeyPairSpec:DataKeyPairSpec* ${context} ${grantTokens} ${recipient} ${dryRun}`,
  GenerateDataKeyPairWithoutPlaintext: `KeyId:KeyId* KeyPairSpec:DataKeyPairSpec* ${context} ${grantTokens} ${dryRun}`,
  GenerateDataKeyWithoutPlaintext:
    `KeyId:KeyId* KeySpec:DataKeySpec NumberOfBytes:NumberOfBytes ${context} ` +
    `${grantTokens} ${dryRun}`,
  GenerateMac: `Message:Plaintext* KeyId:KeyId* MacAlgorithm:MacAlgorithm* ${grantTokens} ${dryRun}`,
  GenerateRandom: `NumberOfBytes:NumberOfBytes CustomKeyStoreId:StoreId ${recipient}`,
  GetKeyLastUsage: 'KeyId:KeyId*',
  GetKeyPolicy: 'KeyId:KeyId* PolicyName:PolicyName',
  GetKeyRotationStatus: 'KeyId:KeyId*',
  GetParametersForImport:
    'KeyId:KeyId* WrappingAlgorithm:WrappingAlgorithm* WrappingKeySpec:WrappingKeySpec*',
  GetPublicKey: `KeyId:KeyId* ${grantTokens}`,
  ImportKeyMaterial:
    'KeyId:KeyId* ImportToken:Ciphertext* EncryptedKeyMaterial:Ciphertext* ValidTo:Date ' +
    'ExpirationModel:ExpirationModel ' +
    'ImportType:ImportType KeyMaterialDescription:MaterialDescription KeyMaterialId:KeyMaterialId',
  ListAliases: `KeyId:KeyId ${paged}`,
  ListGrants:
    'KeyId:KeyId* GrantId:GrantId GranteePrincipal:PrincipalId ' +
    `GranteeServicePrincipal:ServicePrincipal ${paged}`,
  ListKeyPolicies: `KeyId:KeyId* ${paged}`,
  ListKeyRotations: `KeyId:KeyId* IncludeKeyMaterial:IncludeKeyMaterial ${paged}`,
  ListKeys: paged,
  ListResourceTags: `KeyId:KeyId* ${paged}`,
  ListRetirableGrants: `RetiringPrincipal:PrincipalId RetiringServicePrincipal:ServicePrincipal ${paged}`,
  PutKeyPolicy:
    'KeyId:KeyId* PolicyName:PolicyName Policy:Policy* BypassPolicyLockoutSafetyCheck:Boolean',
  ReEncrypt:
    'CiphertextBlob:Ciphertext SourceKeyId:KeyId DestinationKeyId:KeyId* SourceEncryptionContext:EncryptionContext ' +
    'DestinationEncryptionContext:EncryptionContext SourceEncryptionAlgorithm:EncryptionAlgorithm ' +
    `DestinationEncryptionAlgorithm:EncryptionAlgorithm DryRunModifiers:DryRunModifiers ${grantTokens} ${dryRun}`,
  ReplicateKey:
    'KeyId:KeyId* ReplicaRegion:Region* Policy:Policy BypassPolicyLockoutSafetyCheck:Boolean ' +
    'Description:Description Tags:Tags',
  RetireGrant: `GrantToken:GrantToken KeyId:KeyId GrantId:GrantId ${dryRun}`,
  RevokeGrant: `KeyId:KeyId* GrantId:GrantId* ${dryRun}`,
  RotateKeyOnDemand: 'KeyId:KeyId*',
  ScheduleKeyDeletion: 'KeyId:KeyId* PendingWindowInDays:PendingWindowInDays',
  Sign:
    'KeyId:KeyId* Message:Plaintext* MessageType:MessageType ' +
    `SigningAlgorithm:SigningAlgorithm* ${grantTokens} ${dryRun}`,
  TagResource: 'KeyId:KeyId* Tags:Tags*',
  UntagResource: 'KeyId:KeyId* TagKeys:TagKeys*',
  UpdateAlias: 'AliasName:AliasName* TargetKeyId:KeyId*',
  UpdateCustomKeyStore:
    'CustomKeyStoreId:StoreId* NewCustomKeyStoreName:StoreName KeyStorePassword:Password ' +
    `CloudHsmClusterId:ClusterId ${xks}`,
  UpdateKeyDescription: 'KeyId:KeyId* Description:Description*',
  UpdatePrimaryRegion: 'KeyId:KeyId* PrimaryRegion:Region*',
  Verify:
    'KeyId:KeyId* Message:Plaintext* MessageType:MessageType Signature:Ciphertext* ' +
    'SigningAlgorithm:SigningAlgorithm* ' +
    `${grantTokens} ${dryRun}`,
  VerifyMac: `Message:Plaintext* KeyId:KeyId* MacAlgorithm:MacAlgorithm* Mac:Ciphertext* ${grantTokens} ${dryRun}`,
}

/**
 * What each operation answers in each key state, one letter a state in the order of `stateColumns`: `.`
 * works, D DisabledException, S KMSInvalidStateException, U UnsupportedOperationException.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
 */
export const stateColumns: readonly KeyState[] = [
  'Enabled',
  'Disabled',
  'PendingDeletion',
  'PendingReplicaDeletion',
  'PendingImport',
  'Unavailable',
  'Creating',
  'Updating',
]
const crypto = '.DSSSSS.'
const rotation = '.DSSUUS.'
export const stateTable: Record<string, string> = {
  DescribeKey: '........',
  GetKeyLastUsage: '........',
  GetKeyPolicy: '........',
  PutKeyPolicy: '........',
  ListAliases: '........',
  ListGrants: '........',
  ListKeyPolicies: '........',
  ListResourceTags: '........',
  RetireGrant: '........',
  RevokeGrant: '........',
  DeleteAlias: '........',
  Encrypt: crypto,
  Decrypt: crypto,
  ReEncrypt: crypto,
  GenerateDataKey: crypto,
  GenerateDataKeyWithoutPlaintext: crypto,
  GenerateDataKeyPair: '.DSSSUS.',
  GenerateDataKeyPairWithoutPlaintext: '.DSSSUS.',
  Sign: crypto,
  Verify: crypto,
  GenerateMac: crypto,
  VerifyMac: crypto,
  DeriveSharedSecret: crypto,
  Encapsulate: crypto,
  Decapsulate: crypto,
  GetPublicKey: '..SS..S.',
  CreateGrant: '.DSSS.S.',
  CreateAlias: '..SS....',
  TagResource: '..SS....',
  UntagResource: '..SS....',
  UpdateKeyDescription: '..SS....',
  UpdateAlias: '..SS....',
  EnableKey: '..SSS.SS',
  DisableKey: '..SSS.SS',
  EnableKeyRotation: rotation,
  DisableKeyRotation: rotation,
  RotateKeyOnDemand: '.DSSSUS.',
  GetKeyRotationStatus: '....UU..',
  ListKeyRotations: '.....U..',
  GetParametersForImport: '..SS.USS',
  ImportKeyMaterial: '..SS.US.',
  DeleteImportedKeyMaterial: '......SS',
  ScheduleKeyDeletion: '..SS...S',
  CancelKeyDeletion: 'SS..SSSS',
  ReplicateKey: '.DSSSSSS',
  UpdatePrimaryRegion: '.DSSSSS.',
}
