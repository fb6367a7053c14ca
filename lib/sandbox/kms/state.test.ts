import { describe, expect, it } from 'vitest'
import type { Input } from '../call'
import type { KeyState } from '../world'
import { base64, makeBench, readPath } from './test/direct'

/**
 * AWS's table of key states, row by row, written down again: what each operation answers in each
 * state. D, S and U are the exceptions, `-` a combination no key can be in.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
 */
const states: KeyState[] = [
  'Enabled',
  'Disabled',
  'PendingDeletion',
  'PendingReplicaDeletion',
  'PendingImport',
  'Unavailable',
  'Creating',
  'Updating',
]
const rows: [operations: string, answers: string][] = [
  [
    'DescribeKey GetKeyPolicy PutKeyPolicy ListAliases ListGrants ListKeyPolicies ' +
      'ListResourceTags RetireGrant RevokeGrant DeleteAlias',
    'ok ok ok ok ok ok ok ok',
  ],
  ['GetKeyLastUsage', 'ok ok ok ok ok ok ok ok'],
  [
    'Encrypt Decrypt ReEncrypt GenerateDataKey GenerateDataKeyWithoutPlaintext',
    'ok D S S S S S ok',
  ],
  ['GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext', 'ok D S S S U S ok'],
  ['Sign Verify GenerateMac VerifyMac DeriveSharedSecret', 'ok D S S S - S ok'],
  ['GetPublicKey', 'ok ok S S - - S ok'],
  ['CreateGrant', 'ok D S S S ok S ok'],
  ['CreateAlias TagResource UntagResource UpdateKeyDescription', 'ok ok S S ok ok ok ok'],
  ['EnableKey DisableKey', 'ok ok S S S ok S S'],
  ['EnableKeyRotation DisableKeyRotation', 'ok D S S U U S ok'],
  ['RotateKeyOnDemand', 'ok D S S S U S ok'],
  ['GetKeyRotationStatus', 'ok ok ok ok U U ok ok'],
  ['ListKeyRotations', 'ok ok ok ok ok U ok ok'],
  ['ScheduleKeyDeletion', 'ok ok S S ok ok ok S'],
  ['CancelKeyDeletion', 'S S ok ok S S S S'],
  ['GetParametersForImport', '- - S S ok U S S'],
  ['DeleteImportedKeyMaterial', '- - ok ok ok - S S'],
  ['ReplicateKey', 'ok D S S S - S S'],
  ['UpdatePrimaryRegion', 'ok D S S S - S ok'],
]
const errors: Record<string, string> = {
  D: 'DisabledException',
  S: 'KMSInvalidStateException',
  U: 'UnsupportedOperationException',
  ok: 'ok',
}

const cases = rows.flatMap(([operations, answers]) =>
  operations.split(' ').flatMap((operation) =>
    answers.split(' ').flatMap((answer, index) => {
      const state = states[index]
      return answer === '-' || state === undefined
        ? []
        : [{ operation, state, expected: errors[answer] ?? '' }]
    }),
  ),
)

describe('key states', () => {
  it.each(cases)(
    '$operation on a key that is $state: $expected',
    async ({ operation, state, expected }) => {
      const { bench, keyId, input } = await prepare(operation, state)
      const key = bench.key(keyId)
      key.state = state
      // Held in the state: nothing passes by itself while the operation is tried.
      key.settles =
        state === 'Creating' || state === 'Updating' ? { state: 'Enabled', at: Infinity } : null
      key.deletionAt = state === 'PendingDeletion' ? bench.now + 1e9 : null
      key.pendingWindowDays = state.startsWith('Pending') ? 7 : null
      if (state === 'Unavailable') disconnect(key.customKeyStoreId)
      expect(await bench.fails(operation, input)).toBe(expected)

      function disconnect(storeId: string | null) {
        const store = bench.world.accounts
          .get(key.accountId)
          ?.regions.get(key.region)
          ?.keyStores.get(storeId ?? '')
        if (store) store.connectionState = 'DISCONNECTED'
      }
    },
  )
})

/**
 * Prepares a key of a kind that can be in this state and take this operation, and an input that
 * works when it is Enabled.
 */
async function prepare(operation: string, state: KeyState) {
  const bench = makeBench()
  const keyId = await bench.makeKey(await kindFor(bench, operation, state))
  const root = 'arn:aws:iam::111122223333:root'
  const inputs: Record<string, () => Promise<Input> | Input> = {
    PutKeyPolicy: async () => ({
      Policy: readPath(await bench.run('GetKeyPolicy', { KeyId: keyId }), 'Policy'),
    }),
    RetireGrant: grantInput,
    RevokeGrant: grantInput,
    CreateGrant: () => ({ GranteePrincipal: root, Operations: ['DescribeKey'] }),
    CreateAlias: () => ({ KeyId: undefined, AliasName: 'alias/a', TargetKeyId: keyId }),
    DeleteAlias: async () => {
      await bench.run('CreateAlias', { AliasName: 'alias/a', TargetKeyId: keyId })
      return { KeyId: undefined, AliasName: 'alias/a' }
    },
    Encrypt: () => ({ Plaintext: base64('x') }),
    Decrypt: async () => ({ CiphertextBlob: await ciphertext() }),
    ReEncrypt: async () => ({
      KeyId: undefined,
      DestinationKeyId: keyId,
      CiphertextBlob: await ciphertext(),
    }),
    GenerateDataKey: () => ({ KeySpec: 'AES_256' }),
    GenerateDataKeyWithoutPlaintext: () => ({ KeySpec: 'AES_256' }),
    GenerateDataKeyPair: () => ({ KeyPairSpec: 'ECC_NIST_P256' }),
    GenerateDataKeyPairWithoutPlaintext: () => ({ KeyPairSpec: 'ECC_NIST_P256' }),
    Sign: () => signing,
    Verify: async () => ({
      ...signing,
      Signature:
        state === 'PendingImport'
          ? base64('x')
          : (await bench.run('Sign', { KeyId: keyId, ...signing })).Signature,
    }),
    GenerateMac: () => mac,
    VerifyMac: async () => ({
      ...mac,
      Mac:
        state === 'PendingImport'
          ? base64('x')
          : (await bench.run('GenerateMac', { KeyId: keyId, ...mac })).Mac,
    }),
    DeriveSharedSecret: async () => ({
      KeyAgreementAlgorithm: 'ECDH',
      PublicKey: await strangersKey(),
    }),
    TagResource: () => ({ Tags: [{ TagKey: 'a', TagValue: 'b' }] }),
    UntagResource: () => ({ TagKeys: ['a'] }),
    UpdateKeyDescription: () => ({ Description: 'd' }),
    GetParametersForImport: () => ({
      WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
      WrappingKeySpec: 'RSA_2048',
    }),
    ReplicateKey: () => ({ ReplicaRegion: 'us-east-1' }),
    UpdatePrimaryRegion: async () => {
      if (state !== 'PendingImport')
        await bench.run('ReplicateKey', { KeyId: keyId, ReplicaRegion: 'us-east-1' })
      bench.now += 5000
      return { PrimaryRegion: 'us-east-1' }
    },
  }
  const signing = { SigningAlgorithm: 'ECDSA_SHA_256', Message: base64('x') }
  const mac = { MacAlgorithm: 'HMAC_SHA_256', Message: base64('x') }
  const input: Input = { KeyId: keyId, ...(await inputs[operation]?.()) }
  return { bench, keyId, input }

  async function grantInput() {
    if (bench.key(keyId).state !== 'Enabled') bench.key(keyId).state = 'Enabled'
    const { GrantId } = await bench.run('CreateGrant', {
      KeyId: keyId,
      GranteePrincipal: root,
      Operations: ['DescribeKey'],
    })
    return { GrantId }
  }
  async function ciphertext() {
    const maker = state === 'PendingImport' ? await bench.makeKey() : keyId
    const { CiphertextBlob } = await bench.run('Encrypt', { KeyId: maker, Plaintext: base64('x') })
    if (maker === keyId || typeof CiphertextBlob !== 'string') return CiphertextBlob
    // Material that was deleted once made ciphertext: the blob names the key that now waits for its
    // import.
    return Buffer.from(
      Buffer.from(CiphertextBlob, 'base64').toString('latin1').replace(maker, keyId),
      'latin1',
    ).toString('base64')
  }
  async function strangersKey() {
    const stranger = await bench.makeKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' })
    return (await bench.run('GetPublicKey', { KeyId: stranger })).PublicKey
  }
}

async function kindFor(
  bench: ReturnType<typeof makeBench>,
  operation: string,
  state: KeyState,
): Promise<Input> {
  const multi =
    ['ReplicateKey', 'UpdatePrimaryRegion'].includes(operation) ||
    state === 'PendingReplicaDeletion'
  const external =
    state === 'PendingImport' ||
    ['GetParametersForImport', 'DeleteImportedKeyMaterial'].includes(operation)
  if (state === 'Unavailable')
    return { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: await connectedStore(bench) }
  return {
    ...usageFor(operation),
    ...(external ? { Origin: 'EXTERNAL' } : {}),
    ...(multi ? { MultiRegion: true } : {}),
  }
}

function usageFor(operation: string): Input {
  if (['Sign', 'Verify', 'GetPublicKey'].includes(operation))
    return { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }
  if (operation.endsWith('Mac')) return { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }
  return operation === 'DeriveSharedSecret'
    ? { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' }
    : {}
}

async function connectedStore(bench: ReturnType<typeof makeBench>) {
  const { CustomKeyStoreId } = await bench.run('CreateCustomKeyStore', {
    CustomKeyStoreName: 'hsm',
    CloudHsmClusterId: 'cluster-abcdefghijk',
    TrustAnchorCertificate: 'pem',
    KeyStorePassword: 'password',
  })
  await bench.run('ConnectCustomKeyStore', { CustomKeyStoreId })
  bench.now += 60_000
  return CustomKeyStoreId
}
