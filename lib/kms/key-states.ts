/**
 * What AWS answers to an operation in each key state. Pure.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
 */
export const keyStates = [
  'Enabled',
  'Disabled',
  'PendingDeletion',
  'PendingReplicaDeletion',
  'PendingImport',
  'Unavailable',
  'Creating',
  'Updating',
] as const
export type KeyState = (typeof keyStates)[number]

/** `works`, or the error AWS refuses with. What a key can do at all (its spec, its origin) is another question. */
export type StateAnswer =
  | 'works'
  | 'DisabledException'
  | 'KMSInvalidStateException'
  | 'UnsupportedOperationException'

const letters: Readonly<Record<string, StateAnswer>> = {
  '.': 'works',
  D: 'DisabledException',
  S: 'KMSInvalidStateException',
  U: 'UnsupportedOperationException',
}

const always = '........'
const crypto = '.DSSSSS.'
const dataKeyPair = '.DSSSUS.'
const describing = '..SS....'
const switching = '..SSS.SS'
const rotating = '.DSSUUS.'

/** One letter a state, in the order of `keyStates`. */
const table = {
  DescribeKey: always,
  GetKeyPolicy: always,
  PutKeyPolicy: always,
  ListAliases: always,
  ListGrants: always,
  ListKeyPolicies: always,
  ListResourceTags: always,
  RetireGrant: always,
  RevokeGrant: always,
  DeleteAlias: always,
  GetKeyLastUsage: always,
  Encrypt: crypto,
  Decrypt: crypto,
  ReEncrypt: crypto,
  ReEncryptFrom: crypto,
  ReEncryptTo: crypto,
  GenerateDataKey: crypto,
  GenerateDataKeyWithoutPlaintext: crypto,
  GenerateDataKeyPair: dataKeyPair,
  GenerateDataKeyPairWithoutPlaintext: dataKeyPair,
  Sign: crypto,
  Verify: crypto,
  GenerateMac: crypto,
  VerifyMac: crypto,
  DeriveSharedSecret: crypto,
  Encapsulate: crypto,
  Decapsulate: crypto,
  GetPublicKey: '..SS..S.',
  CreateGrant: '.DSSS.S.',
  CreateAlias: describing,
  // Of the key that the alias is moved to; the one it leaves may be in any state.
  UpdateAlias: describing,
  TagResource: describing,
  UntagResource: describing,
  UpdateKeyDescription: describing,
  EnableKey: switching,
  DisableKey: switching,
  EnableKeyRotation: rotating,
  DisableKeyRotation: rotating,
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
} as const satisfies Readonly<Record<string, string>>

export type StateOperation = keyof typeof table

/** By lower-case name: IAM takes an action in any case. */
const rows: ReadonlyMap<string, string> = new Map(
  Object.entries(table).map(([operation, row]) => [operation.toLowerCase(), row]),
)

export const stateOperations: readonly string[] = Object.keys(table)

/**
 * What AWS answers to the operation (`Decrypt`, in any case) on a key in this state. Null: not known, because the state was
 * never read or is one that this table does not have; an operation that no state stops works in those too.
 */
export function answerInState(operation: string, keyState: string | null): StateAnswer | null {
  const row = rows.get(operation.toLowerCase())
  if (row === undefined) return null
  if (row === always) return 'works'
  const column = keyStates.findIndex((state) => state === keyState)
  return column === -1 ? null : (letters[row.charAt(column)] ?? null)
}
