import {
  CancelKeyDeletionCommand,
  CreateGrantCommand,
  DecapsulateCommand,
  DecryptCommand,
  DeleteImportedKeyMaterialCommand,
  DeriveSharedSecretCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncapsulateCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairCommand,
  GenerateDataKeyPairWithoutPlaintextCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateMacCommand,
  GetKeyLastUsageCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  GetParametersForImportCommand,
  GetPublicKeyCommand,
  ImportKeyMaterialCommand,
  ListGrantsCommand,
  ListKeyPoliciesCommand,
  ListKeyRotationsCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  ReplicateKeyCommand,
  RevokeGrantCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateKeyDescriptionCommand,
  UpdatePrimaryRegionCommand,
  VerifyCommand,
  VerifyMacCommand,
  type KMSClient,
} from '@aws-sdk/client-kms'

/** A key as the calls need it. `grantId`: of a grant it has, if any. */
export type Target = {
  arn: string
  policy: string
  description: string
  grantId: string | null
  pairs: Readonly<Record<string, string>>
}
type Context = Readonly<Record<string, string | readonly string[]>>
/**
 * A way to ask AWS for one action: DryRun where it has one. `changes`: an
 * allowed call has an effect.
 */
export type AccessCall = {
  /** What one call asks for, all of which must be allowed. */
  actions: readonly string[]
  changes?: true
  /** Condition keys that this call brings. */
  context: (target: Target) => Context
  send: (client: KMSClient, target: Target) => Promise<unknown>
}

const bytes = new Uint8Array(32)
const isDry = { DryRun: true } as const
const symmetric = { 'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT' }
const none = (): Context => ({})
const encrypted = ({ pairs }: Target): Context => ({
  ...symmetric,
  ...Object.fromEntries(
    Object.entries(pairs).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]),
  ),
})
const one = (
  operation: string,
  send: AccessCall['send'],
  context: AccessCall['context'] = none,
): AccessCall => ({
  actions: [`kms:${operation}`],
  send,
  context,
})
const change = (
  operation: string,
  send: AccessCall['send'],
  context: AccessCall['context'] = none,
): AccessCall => ({ ...one(operation, send, context), changes: true })

const grantee = 'arn:aws:iam::527461390288:role/bench-grantee'
const mac = { KeyId: '', MacAlgorithm: 'HMAC_SHA_256' } as const
const sign = { SigningAlgorithm: 'RSASSA_PSS_SHA_256', MessageType: 'RAW', Message: bytes } as const
const signing = (): Context => ({
  'kms:SigningAlgorithm': sign.SigningAlgorithm,
  'kms:MessageType': sign.MessageType,
})
const wrapped = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' } as const

const useOfKey: readonly AccessCall[] = [
  one(
    'Encrypt',
    (c, { arn: KeyId, pairs }) =>
      c.send(new EncryptCommand({ KeyId, Plaintext: bytes, EncryptionContext: pairs, ...isDry })),
    encrypted,
  ),
  one(
    'Decrypt',
    (c, { arn: KeyId, pairs }) =>
      c.send(
        new DecryptCommand({
          KeyId,
          EncryptionContext: pairs,
          DryRunModifiers: ['IGNORE_CIPHERTEXT'],
          ...isDry,
        }),
      ),
    encrypted,
  ),
  one(
    'GenerateDataKey',
    (c, { arn: KeyId, pairs }) =>
      c.send(
        new GenerateDataKeyCommand({
          KeyId,
          KeySpec: 'AES_256',
          EncryptionContext: pairs,
          ...isDry,
        }),
      ),
    encrypted,
  ),
  one(
    'GenerateDataKeyWithoutPlaintext',
    (c, { arn: KeyId, pairs }) =>
      c.send(
        new GenerateDataKeyWithoutPlaintextCommand({
          KeyId,
          KeySpec: 'AES_256',
          EncryptionContext: pairs,
          ...isDry,
        }),
      ),
    encrypted,
  ),
  one(
    'GenerateDataKeyPair',
    (c, { arn: KeyId, pairs }) =>
      c.send(
        new GenerateDataKeyPairCommand({
          KeyId,
          KeyPairSpec: 'ECC_NIST_P256',
          EncryptionContext: pairs,
          ...isDry,
        }),
      ),
    (t) => ({ ...encrypted(t), 'kms:DataKeyPairSpec': 'ECC_NIST_P256' }),
  ),
  one(
    'GenerateDataKeyPairWithoutPlaintext',
    (c, { arn: KeyId }) =>
      c.send(
        new GenerateDataKeyPairWithoutPlaintextCommand({
          KeyId,
          KeyPairSpec: 'ECC_NIST_P256',
          ...isDry,
        }),
      ),
    () => ({ ...symmetric, 'kms:DataKeyPairSpec': 'ECC_NIST_P256' }),
  ),
  {
    actions: ['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
    context: () => ({ ...symmetric, 'kms:ReEncryptOnSameKey': 'true' }),
    send: (c, { arn }) =>
      c.send(
        new ReEncryptCommand({
          SourceKeyId: arn,
          DestinationKeyId: arn,
          DryRunModifiers: ['IGNORE_CIPHERTEXT'],
          ...isDry,
        }),
      ),
  },
  one(
    'GenerateMac',
    (c, { arn: KeyId }) =>
      c.send(new GenerateMacCommand({ ...mac, KeyId, Message: bytes, ...isDry })),
    () => ({ 'kms:MacAlgorithm': mac.MacAlgorithm }),
  ),
  one(
    'VerifyMac',
    (c, { arn: KeyId }) =>
      c.send(new VerifyMacCommand({ ...mac, KeyId, Message: bytes, Mac: bytes, ...isDry })),
    () => ({ 'kms:MacAlgorithm': mac.MacAlgorithm }),
  ),
  one(
    'Sign',
    (c, { arn: KeyId }) => c.send(new SignCommand({ ...sign, KeyId, ...isDry })),
    signing,
  ),
  one(
    'Verify',
    (c, { arn: KeyId }) =>
      c.send(new VerifyCommand({ ...sign, KeyId, Signature: bytes, ...isDry })),
    signing,
  ),
  one(
    'DeriveSharedSecret',
    (c, { arn: KeyId }) =>
      c.send(
        new DeriveSharedSecretCommand({
          KeyId,
          KeyAgreementAlgorithm: 'ECDH',
          PublicKey: bytes,
          ...isDry,
        }),
      ),
    () => ({ 'kms:KeyAgreementAlgorithm': 'ECDH' }),
  ),
  one(
    'Encapsulate',
    (c, { arn: KeyId }) =>
      c.send(new EncapsulateCommand({ KeyId, EncapsulationAlgorithm: 'ML_KEM', ...isDry })),
    () => ({ 'kms:EncapsulationAlgorithm': 'ML_KEM' }),
  ),
  one(
    'Decapsulate',
    (c, { arn: KeyId }) =>
      c.send(
        new DecapsulateCommand({
          KeyId,
          EncapsulationAlgorithm: 'ML_KEM',
          SharedSecretCiphertextBlob: bytes,
          ...isDry,
        }),
      ),
    () => ({ 'kms:EncapsulationAlgorithm': 'ML_KEM' }),
  ),
]

const readOfKey: readonly AccessCall[] = [
  one('DescribeKey', (c, { arn: KeyId }) => c.send(new DescribeKeyCommand({ KeyId }))),
  one('GetKeyPolicy', (c, { arn: KeyId }) => c.send(new GetKeyPolicyCommand({ KeyId }))),
  one('ListKeyPolicies', (c, { arn: KeyId }) => c.send(new ListKeyPoliciesCommand({ KeyId }))),
  one('GetKeyRotationStatus', (c, { arn: KeyId }) =>
    c.send(new GetKeyRotationStatusCommand({ KeyId })),
  ),
  one('ListKeyRotations', (c, { arn: KeyId }) => c.send(new ListKeyRotationsCommand({ KeyId }))),
  one('GetKeyLastUsage', (c, { arn: KeyId }) => c.send(new GetKeyLastUsageCommand({ KeyId }))),
  one('GetPublicKey', (c, { arn: KeyId }) => c.send(new GetPublicKeyCommand({ KeyId }))),
  one(
    'ListGrants',
    (c, { arn: KeyId }) => c.send(new ListGrantsCommand({ KeyId })),
    () => ({ 'kms:GrantIsForAWSResource': 'false' }),
  ),
  one('ListResourceTags', (c, { arn: KeyId }) => c.send(new ListResourceTagsCommand({ KeyId }))),
  one(
    'GetParametersForImport',
    (c, { arn: KeyId }) => c.send(new GetParametersForImportCommand({ KeyId, ...wrapped })),
    () => ({
      'kms:WrappingAlgorithm': wrapped.WrappingAlgorithm,
      'kms:WrappingKeySpec': wrapped.WrappingKeySpec,
    }),
  ),
]

const changeOfKey: readonly AccessCall[] = [
  one(
    'CreateGrant',
    (c, { arn: KeyId }) =>
      c.send(
        new CreateGrantCommand({
          KeyId,
          GranteePrincipal: grantee,
          Operations: ['Decrypt'],
          ...isDry,
        }),
      ),
    () => ({
      'kms:GrantIsForAWSResource': 'false',
      'kms:GrantOperations': ['Decrypt'],
      'kms:GranteePrincipal': grantee,
    }),
  ),
  one(
    'RevokeGrant',
    (c, { arn: KeyId, grantId }) =>
      c.send(new RevokeGrantCommand({ KeyId, GrantId: grantId ?? '0'.repeat(64), ...isDry })),
    () => ({ 'kms:GrantIsForAWSResource': 'false' }),
  ),
  change('EnableKey', (c, { arn: KeyId }) => c.send(new EnableKeyCommand({ KeyId }))),
  change('DisableKey', (c, { arn: KeyId }) => c.send(new DisableKeyCommand({ KeyId }))),
  change(
    'ScheduleKeyDeletion',
    (c, { arn: KeyId }) =>
      c.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 30 })),
    () => ({ 'kms:ScheduleKeyDeletionPendingWindowInDays': '30' }),
  ),
  change('CancelKeyDeletion', (c, { arn: KeyId }) =>
    c.send(new CancelKeyDeletionCommand({ KeyId })),
  ),
  change(
    'PutKeyPolicy',
    (c, { arn: KeyId, policy }) => c.send(new PutKeyPolicyCommand({ KeyId, Policy: policy })),
    () => ({ 'kms:BypassPolicyLockoutSafetyCheck': 'false' }),
  ),
  change('UpdateKeyDescription', (c, { arn: KeyId, description }) =>
    c.send(new UpdateKeyDescriptionCommand({ KeyId, Description: description })),
  ),
  change(
    'TagResource',
    (c, { arn: KeyId }) =>
      c.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'bench', TagValue: 'yes' }] })),
    () => ({ 'aws:TagKeys': ['bench'], 'aws:RequestTag/bench': 'yes' }),
  ),
  change(
    'UntagResource',
    (c, { arn: KeyId }) => c.send(new UntagResourceCommand({ KeyId, TagKeys: ['bench'] })),
    () => ({ 'aws:TagKeys': ['bench'] }),
  ),
  change(
    'EnableKeyRotation',
    (c, { arn: KeyId }) =>
      c.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 180 })),
    () => ({ 'kms:RotationPeriodInDays': '180' }),
  ),
  change('DisableKeyRotation', (c, { arn: KeyId }) =>
    c.send(new DisableKeyRotationCommand({ KeyId })),
  ),
  change('RotateKeyOnDemand', (c, { arn: KeyId }) =>
    c.send(new RotateKeyOnDemandCommand({ KeyId })),
  ),
  change(
    'ImportKeyMaterial',
    (c, { arn: KeyId }) =>
      c.send(
        new ImportKeyMaterialCommand({
          KeyId,
          ImportToken: bytes,
          EncryptedKeyMaterial: bytes,
          ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
        }),
      ),
    () => ({ 'kms:ExpirationModel': 'KEY_MATERIAL_DOES_NOT_EXPIRE' }),
  ),
  change('DeleteImportedKeyMaterial', (c, { arn: KeyId }) =>
    c.send(new DeleteImportedKeyMaterialCommand({ KeyId })),
  ),
  change(
    'ReplicateKey',
    (c, { arn: KeyId }) => c.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'eu-west-2' })),
    () => ({ 'kms:ReplicaRegion': 'eu-west-2' }),
  ),
  change(
    'UpdatePrimaryRegion',
    (c, { arn: KeyId }) =>
      c.send(new UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion: 'ap-south-1' })),
    () => ({ 'kms:PrimaryRegion': 'ap-south-1' }),
  ),
]

/**
 * Every action on a key but RetireGrant, which the grant itself decides, and those on aliases,
 * which are two questions each.
 */
export const accessCalls: readonly AccessCall[] = [...useOfKey, ...readOfKey, ...changeOfKey]
