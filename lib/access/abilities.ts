/**
 * What people ask about a key, and the KMS actions that answer it. Order is the order of columns.
 */
export type Ability = {
  id: string
  label: string
  kind: 'use' | 'administer'
  /** Having one of them is having the ability. */
  actions: readonly string[]
  /** Key usages it exists for; absent: every key. */
  usages?: readonly string[]
}

export const abilities: readonly Ability[] = [
  {
    id: 'decrypt',
    label: 'Decrypt',
    kind: 'use',
    actions: ['kms:Decrypt'],
    usages: ['ENCRYPT_DECRYPT'],
  },
  {
    id: 'encrypt',
    label: 'Encrypt',
    kind: 'use',
    actions: ['kms:Encrypt'],
    usages: ['ENCRYPT_DECRYPT'],
  },
  {
    id: 'reEncrypt',
    label: 'Re-encrypt from',
    kind: 'use',
    actions: ['kms:ReEncryptFrom'],
    usages: ['ENCRYPT_DECRYPT'],
  },
  {
    id: 'generate',
    label: 'Generate data keys',
    kind: 'use',
    actions: ['kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'],
    usages: ['ENCRYPT_DECRYPT'],
  },
  { id: 'sign', label: 'Sign', kind: 'use', actions: ['kms:Sign'], usages: ['SIGN_VERIFY'] },
  { id: 'verify', label: 'Verify', kind: 'use', actions: ['kms:Verify'], usages: ['SIGN_VERIFY'] },
  {
    id: 'mac',
    label: 'Generate MACs',
    kind: 'use',
    actions: ['kms:GenerateMac'],
    usages: ['GENERATE_VERIFY_MAC'],
  },
  {
    id: 'verifyMac',
    label: 'Verify MACs',
    kind: 'use',
    actions: ['kms:VerifyMac'],
    usages: ['GENERATE_VERIFY_MAC'],
  },
  {
    id: 'derive',
    label: 'Derive shared secrets',
    kind: 'use',
    actions: ['kms:DeriveSharedSecret'],
    usages: ['KEY_AGREEMENT'],
  },
  {
    id: 'encapsulate',
    label: 'Encapsulate',
    kind: 'use',
    actions: ['kms:Encapsulate'],
    usages: ['ENCAPSULATE_DECAPSULATE'],
  },
  {
    id: 'decapsulate',
    label: 'Decapsulate',
    kind: 'use',
    actions: ['kms:Decapsulate'],
    usages: ['ENCAPSULATE_DECAPSULATE'],
  },
  {
    id: 'administer',
    label: 'Administer',
    kind: 'administer',
    actions: ['kms:DisableKey', 'kms:EnableKeyRotation', 'kms:TagResource'],
  },
  { id: 'grant', label: 'Make grants', kind: 'administer', actions: ['kms:CreateGrant'] },
  { id: 'delete', label: 'Delete', kind: 'administer', actions: ['kms:ScheduleKeyDeletion'] },
  { id: 'changePolicy', label: 'Change policy', kind: 'administer', actions: ['kms:PutKeyPolicy'] },
]

/** Returns the abilities that exist for a key. Usage null: unknown, so each of them might. */
export const abilitiesOf = (keyUsage: string | null): readonly Ability[] =>
  abilities.filter(({ usages }) => !usages || keyUsage === null || usages.includes(keyUsage))
