/**
 * The operations of AWS KMS, each fact about them once. Pure. AWS's pages: lib/kms/README.md,
 * "Operations and permissions"; lib/kms/README.md, "Key states"; lib/kms/README.md, "Quotas".
 */

type Operation = {
  /**
   * What IAM decides about: a key, an alias and its keys, or no resource, where an IAM policy
   * decides alone.
   */
  on: 'key' | 'alias' | 'account'
  /** Works for a caller of another account. */
  acrossAccounts?: boolean
  /** A grant can allow it. */
  grantable?: boolean
  /** Takes an alias in place of the key, and then brings kms:RequestAlias. */
  takesAlias?: boolean
  /** Has the parameter DryRun. */
  dryRun?: boolean
  /** The actions it asks for, where its name is no action itself. */
  actions?: readonly string[]
  /** The action of an operation of another name. */
  of?: string
  /**
   * Quota of its own: requests a second per account and Region, with its code in Service Quotas
   * where one is known.
   */
  quota?: { perSecond: number; code: string | null }
  /**
   * What AWS answers in each key state: a letter for each of `keyStates`. Without it no key is
   * asked for, or AWS does not say.
   */
  states?: string
}

const rate = (perSecond: number, code: string | null) => ({ perSecond, code })

const inEveryState = '........'
const unlessPending = '..SS....'
const switching = '..SSS.SS'
const rotating = '.DSSUUS.'

const crypto = {
  on: 'key',
  acrossAccounts: true,
  grantable: true,
  takesAlias: true,
  dryRun: true,
  states: '.DSSSSS.',
} as const
const keyPair = { ...crypto, states: '.DSSSUS.' } as const
const onKey = (perSecond: number, code: string | null, states: string) =>
  ({ on: 'key', quota: rate(perSecond, code), states }) as const
const onAccount = (perSecond: number, code: string | null) =>
  ({ on: 'account', quota: rate(perSecond, code) }) as const

const table = {
  // Cryptographic operations share quotas by the kind of key.
  Decrypt: crypto,
  Encrypt: crypto,
  ReEncrypt: { ...crypto, grantable: false, actions: ['ReEncryptFrom', 'ReEncryptTo'] },
  ReEncryptFrom: { ...crypto, of: 'ReEncrypt' },
  ReEncryptTo: { ...crypto, of: 'ReEncrypt' },
  GenerateDataKey: crypto,
  GenerateDataKeyWithoutPlaintext: crypto,
  GenerateDataKeyPair: keyPair,
  GenerateDataKeyPairWithoutPlaintext: keyPair,
  GenerateMac: crypto,
  VerifyMac: crypto,
  Sign: crypto,
  Verify: crypto,
  DeriveSharedSecret: crypto,
  Encapsulate: crypto,
  Decapsulate: crypto,
  GenerateRandom: { on: 'account' },

  // Keys and what is said of them.
  CreateKey: onAccount(5, 'L-32B67F4A'),
  ListKeys: onAccount(500, 'L-8A08DAEA'),
  DescribeKey: {
    ...onKey(2_000, 'L-FAE8F084', inEveryState),
    acrossAccounts: true,
    grantable: true,
    takesAlias: true,
  },
  GetPublicKey: {
    ...onKey(2_000, 'L-E4FBCA5E', '..SS..S.'),
    acrossAccounts: true,
    grantable: true,
    takesAlias: true,
  },
  GetKeyLastUsage: onKey(5, null, inEveryState),
  UpdateKeyDescription: onKey(5, 'L-A3828E1F', unlessPending),
  EnableKey: onKey(5, 'L-BD96F100', switching),
  DisableKey: onKey(5, 'L-6B8C93BD', switching),
  ScheduleKeyDeletion: onKey(15, 'L-88313D4A', '..SS...S'),
  CancelKeyDeletion: onKey(5, 'L-635264CC', 'SS..SSSS'),
  ListResourceTags: onKey(2_000, 'L-FB6513A2', inEveryState),
  TagResource: onKey(10, 'L-7D6DE447', unlessPending),
  UntagResource: onKey(5, 'L-6375F442', unlessPending),

  // Aliases. The states are those of the key that the alias is moved to; the one it leaves can be
  // in any.
  ListAliases: { ...onAccount(500, 'L-BF3F8F1D'), states: inEveryState },
  CreateAlias: { on: 'alias', quota: rate(5, 'L-F7504F73'), states: unlessPending },
  UpdateAlias: { on: 'alias', quota: rate(5, 'L-DB3BF542'), states: unlessPending },
  DeleteAlias: { on: 'alias', quota: rate(15, 'L-1F75ADD1'), states: inEveryState },

  // Policies and grants.
  GetKeyPolicy: onKey(1_000, 'L-A2A30EC6', inEveryState),
  PutKeyPolicy: onKey(15, 'L-9DDDE6CA', inEveryState),
  ListKeyPolicies: onKey(100, 'L-79E0D0AB', inEveryState),
  CreateGrant: {
    ...onKey(50, 'L-0428A42E', '.DSSS.S.'),
    acrossAccounts: true,
    grantable: true,
    dryRun: true,
  },
  ListGrants: { ...onKey(100, 'L-D39AB822', inEveryState), acrossAccounts: true },
  ListRetirableGrants: onAccount(100, 'L-161E93A6'),
  RetireGrant: {
    ...onKey(50, 'L-74021A59', inEveryState),
    acrossAccounts: true,
    grantable: true,
    dryRun: true,
  },
  RevokeGrant: { ...onKey(50, 'L-F20EBCB7', inEveryState), acrossAccounts: true, dryRun: true },

  // Rotation, imported key material, multi-Region keys.
  EnableKeyRotation: onKey(15, 'L-BE799B67', rotating),
  DisableKeyRotation: onKey(5, 'L-CE1DB614', rotating),
  RotateKeyOnDemand: onKey(5, null, '.DSSSUS.'),
  GetKeyRotationStatus: { ...onKey(1_000, 'L-D7711EF4', '....UU..'), acrossAccounts: true },
  ListKeyRotations: onKey(100, 'L-171660E4', '.....U..'),
  GetParametersForImport: onKey(1, 'L-515A0541', '..SS.USS'),
  ImportKeyMaterial: onKey(15, 'L-99631835', '..SS.US.'),
  DeleteImportedKeyMaterial: onKey(15, 'L-1233BF9B', '......SS'),
  ReplicateKey: onKey(5, 'L-E1C93865', '.DSSSSSS'),
  UpdatePrimaryRegion: onKey(5, 'L-F83AC7F7', '.DSSSSS.'),

  // Custom key stores.
  CreateCustomKeyStore: onAccount(5, 'L-08932E37'),
  DescribeCustomKeyStores: onAccount(5, 'L-E20AA94C'),
  UpdateCustomKeyStore: onAccount(5, 'L-275D92F3'),
  ConnectCustomKeyStore: onAccount(5, 'L-705B9E79'),
  DisconnectCustomKeyStore: onAccount(5, 'L-9F1FCF6D'),
  DeleteCustomKeyStore: onAccount(5, 'L-E99520CB'),
} as const satisfies Readonly<Record<string, Operation>>

export type OperationName = keyof typeof table
/** Those of which AWS says in which states of a key they work. */
export type StateOperation = {
  [K in OperationName]: (typeof table)[K] extends { states: string } ? K : never
}[OperationName]
export const operations: Readonly<Record<OperationName, Operation>> = table

/**
 * The operations that use a key's material. Of all that name a key by an alias, they alone can be
 * tried with DryRun.
 */
export const cryptographicOperations: readonly string[] = Object.entries(operations).flatMap(
  ([name, { of, takesAlias, dryRun }]) => (takesAlias && dryRun && !of ? [name] : []),
)

const byLowerCase: ReadonlyMap<string, Operation> = new Map(
  Object.entries(operations).map(([name, operation]) => [name.toLowerCase(), operation]),
)

/**
 * Finds an operation by its name in any case, since IAM takes an action in any: `decrypt`.
 * undefined for what this version does not know.
 */
export const findOperation = (name: string): Operation | undefined =>
  byLowerCase.get(name.toLowerCase())

/**
 * Returns the operation of an action, `kms:Decrypt` in any case -> `decrypt`; '' for what is no
 * action of KMS.
 */
export function operationOf(action: string): string {
  const lower = action.toLowerCase()
  return lower.startsWith('kms:') ? lower.slice(4) : ''
}

export const worksAcrossAccounts = (name: string): boolean =>
  findOperation(name)?.acrossAccounts ?? false
/** Tells whether an IAM policy decides alone, on resource `*`. */
export const isIamOnly = (name: string): boolean => findOperation(name)?.on === 'account'
/**
 * Tells whether it tags a key that is being made: with CreateKey or ReplicateKey, asked on `*`, and
 * decided by IAM policies alone, since the key has no policy yet.
 */
export const isTaggingNewKey = (name: string, resource: string): boolean =>
  name === 'tagresource' && resource === '*'
export const isAliasOperation = (name: string): boolean => findOperation(name)?.on === 'alias'
export const isGrantable = (name: string): boolean => findOperation(name)?.grantable ?? false
export const takesAlias = (name: string): boolean => findOperation(name)?.takesAlias ?? false
