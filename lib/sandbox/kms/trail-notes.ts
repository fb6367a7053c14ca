import type { Call, Input, Json } from '../call'

/** Members CloudTrail never shows: secrets, payloads, tokens. */
const hidden = new Set([
  'AttestationDocument',
  'CiphertextBlob',
  'EncryptedKeyMaterial',
  'GrantToken',
  'GrantTokens',
  'ImportToken',
  'KeyStorePassword',
  'Mac',
  'Message',
  'Plaintext',
  'PublicKey',
  'RawSecretAccessKey',
  'Recipient',
  'SharedSecretCiphertextBlob',
  'Signature',
  'TrustAnchorCertificate',
])
/** Members whose keys are the caller's own and stay as they are. */
const verbatim = new Set([
  'EncryptionContext',
  'SourceEncryptionContext',
  'DestinationEncryptionContext',
  'EncryptionContextSubset',
  'EncryptionContextEquals',
])
const renamed: Record<string, string> = { CloudHsmClusterId: 'clusterId' }
const dates = new Set(['CreationDate', 'DeletionDate', 'ValidTo'])

/** Parameters that KMS logs whether they were given or not. */
const defaults: Record<string, Input> = {
  CreateKey: {
    Description: '',
    KeyUsage: 'ENCRYPT_DECRYPT',
    Origin: 'AWS_KMS',
    MultiRegion: false,
    BypassPolicyLockoutSafetyCheck: false,
  },
  GetKeyPolicy: { PolicyName: 'default' },
  PutKeyPolicy: { PolicyName: 'default', BypassPolicyLockoutSafetyCheck: false },
  Encrypt: { EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
  Decrypt: { EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
  ReEncrypt: {
    SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  },
}

/**
 * Which members of the answer a record shows; every other change shows the key's ARN alone, and a
 * read nothing.
 */
const shown: Record<string, string[]> = {
  CancelKeyDeletion: ['KeyId'],
  CreateCustomKeyStore: ['CustomKeyStoreId'],
  CreateGrant: ['GrantId'],
  CreateKey: ['KeyMetadata'],
  DeleteImportedKeyMaterial: ['KeyId', 'KeyMaterialId'],
  ImportKeyMaterial: ['KeyId', 'KeyMaterialId'],
  ReplicateKey: ['ReplicaKeyMetadata', 'ReplicaPolicy', 'ReplicaTags'],
  ScheduleKeyDeletion: ['KeyId', 'KeyState', 'DeletionDate', 'PendingWindowInDays'],
}
const changes = new Set([
  ...Object.keys(shown),
  'CreateAlias',
  'DeleteAlias',
  'DisableKey',
  'DisableKeyRotation',
  'EnableKey',
  'EnableKeyRotation',
  'PutKeyPolicy',
  'RetireGrant',
  'RevokeGrant',
  'RotateKeyOnDemand',
  'TagResource',
  'UntagResource',
  'UpdateAlias',
  'UpdateKeyDescription',
  'UpdatePrimaryRegion',
])

/** Notes what CloudTrail will show of the request now, and of the answer when it comes. */
export function noteTrail(call: Call, input: Input): { answered(output: Input): void } {
  call.trail.requestParameters = showRequest(call.operation, input)
  return {
    answered(output) {
      const arn = call.trail.keys[0]?.arn
      call.trail.responseElements = showAnswer(call.operation, output, arn)
    },
  }
}

/** `requestParameters` of an operation of KMS; null: it has none. */
export function showRequest(operation: string, input: Input): Record<string, unknown> | null {
  const parameters = toTrail({ ...defaults[operation], ...input })
  return Object.keys(parameters).length === 0 ? null : parameters
}

/** `responseElements`: of a change what is shown of it, with its key's ARN; of a read null. */
export function showAnswer(
  operation: string,
  output: Input,
  keyArn: string | undefined,
): Record<string, unknown> | null {
  if (!changes.has(operation)) return null
  const members = shown[operation] ?? []
  const elements = toTrail(Object.fromEntries(members.map((name) => [name, output[name]])))
  if (keyArn !== undefined && operation !== 'CreateKey' && operation !== 'ReplicateKey')
    elements.keyId = keyArn
  return Object.keys(elements).length === 0 ? null : elements
}

function toTrail(input: Input): Record<string, unknown> {
  const record: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || value === null || hidden.has(name)) continue
    const member = renamed[name] ?? `${name.charAt(0).toLowerCase()}${name.slice(1)}`
    record[member] = verbatim.has(name) ? value : valueOf(name, value)
  }
  return record
}

function valueOf(name: string, value: Json): unknown {
  if (dates.has(name) && typeof value === 'number') return sayDate(value * 1000)
  if (Array.isArray(value)) return value.map((item) => valueOf(name, item))
  return typeof value === 'object' && value !== null ? toTrail(value) : value
}

/** Writes a date as CloudTrail does inside KMS records: `Apr 12, 2021, 6:58:30 PM`. */
const sayDate = (ms: number) =>
  new Date(ms)
    .toLocaleString('en-US', {
      timeZone: 'UTC',
      month: 'short',
      day: 'numeric',
      year: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      second: '2-digit',
    })
    .replace(/\u202f/g, ' ')
