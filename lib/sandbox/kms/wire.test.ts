import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyLastUsageCommand,
  GetParametersForImportCommand,
  GetPublicKeyCommand,
  ListKeysCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  VerifyCommand,
  paginateListKeys,
  KMSServiceException,
} from '@aws-sdk/client-kms'
import { createPublicKey, verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, failureOf, runSandbox } from '../test/running'
import { kmsOperations } from './operations'
import { inputs } from './model'

let running: Awaited<ReturnType<typeof runSandbox>>
beforeAll(async () => {
  running = await runSandbox()
})
afterAll(() => running.close())

const owner = '111122223333'
const stranger = '777788889999'
const kms = (accountId = owner, region = 'eu-west-1') => running.kms(adminOf(accountId), region)
const makeKey = async (input: ConstructorParameters<typeof CreateKeyCommand>[0] = {}) => {
  const { KeyMetadata } = await kms().send(new CreateKeyCommand(input))
  if (!KeyMetadata?.KeyId || !KeyMetadata.Arn) throw new Error('no key')
  return { id: KeyMetadata.KeyId, arn: KeyMetadata.Arn, metadata: KeyMetadata }
}

describe('the real SDK', () => {
  it('finds all 56 operations', () => {
    expect(Object.keys(kmsOperations)).toHaveLength(56)
    expect(Object.keys(inputs).sort()).toEqual(Object.keys(kmsOperations).sort())
  })

  it('reads dates and bytes, encrypts by alias and decrypts', async () => {
    const key = await makeKey({ Description: 'over the wire' })
    expect(Math.abs((key.metadata.CreationDate?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000)
    await kms().send(new CreateAliasCommand({ AliasName: 'alias/wire', TargetKeyId: key.arn }))
    const Plaintext = new TextEncoder().encode('hello')
    const { CiphertextBlob } = await kms().send(
      new EncryptCommand({ KeyId: 'alias/wire', Plaintext, EncryptionContext: { a: 'b' } }),
    )
    const opened = await kms().send(
      new DecryptCommand({ CiphertextBlob, EncryptionContext: { a: 'b' } }),
    )
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('hello')
    const usage = await kms().send(new GetKeyLastUsageCommand({ KeyId: key.id }))
    expect(usage.KeyLastUsage?.Operation).toBe('Decrypt')
    const { DeletionDate, KeyState } = await kms().send(
      new ScheduleKeyDeletionCommand({ KeyId: key.id, PendingWindowInDays: 8 }),
    )
    expect([
      KeyState,
      Math.round(((DeletionDate?.getTime() ?? 0) - Date.now()) / 86_400_000),
    ]).toEqual(['PendingDeletion', 8])
  })

  it('verifies outside what was signed inside', async () => {
    const key = await makeKey({ KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY' })
    const Message = new TextEncoder().encode('message')
    const { Signature } = await kms().send(
      new SignCommand({ KeyId: key.id, Message, SigningAlgorithm: 'ED25519_SHA_512' }),
    )
    const { PublicKey } = await kms().send(new GetPublicKeyCommand({ KeyId: key.id }))
    const publicKey = createPublicKey({
      key: Buffer.from(PublicKey ?? []),
      format: 'der',
      type: 'spki',
    })
    expect(verify(null, Message, publicKey, Signature ?? new Uint8Array())).toBe(true)
    const bad = kms().send(
      new VerifyCommand({
        KeyId: key.id,
        Message: new Uint8Array([1]),
        Signature,
        SigningAlgorithm: 'ED25519_SHA_512',
      }),
    )
    expect((await failureOf(bad)).name).toBe('KMSInvalidSignatureException')
  })

  it('throws modelled errors for dry runs and AWS’s own words for bad parameters', async () => {
    const key = await makeKey()
    const dry = kms().send(
      new GenerateDataKeyCommand({ KeyId: key.id, KeySpec: 'AES_256', DryRun: true }),
    )
    await expect(dry).rejects.toMatchObject({ name: 'DryRunOperationException', $fault: 'client' })
    await expect(kms().send(new ListKeysCommand({ Limit: 1001 }))).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value '1001' at 'limit' failed to satisfy constraint: " +
        'Member must have value less than or equal to 1000',
    })
    await expect(
      kms().send(new DecryptCommand({ CiphertextBlob: new Uint8Array([1, 2]) })),
    ).rejects.toBeInstanceOf(KMSServiceException)
  })

  it('shares across accounts by a grant, and finds it in both trails', async () => {
    const key = await makeKey()
    const { CiphertextBlob } = await kms().send(
      new EncryptCommand({ KeyId: key.id, Plaintext: new Uint8Array([1]) }),
    )
    const decrypt = () => kms(stranger).send(new DecryptCommand({ CiphertextBlob }))
    expect((await failureOf(decrypt())).name).toBe('AccessDeniedException')
    const grant = {
      KeyId: key.id,
      GranteePrincipal: `arn:aws:iam::${stranger}:user/admin`,
      Operations: ['Decrypt' as const],
    }
    await kms().send(new CreateGrantCommand(grant))
    expect([...((await decrypt()).Plaintext ?? [])]).toEqual([1])
    const [own, foreign] = [
      await running.trail(adminOf(owner)),
      await running.trail(adminOf(stranger)),
    ]
    const shared = foreign.find(
      (record) => record.eventName === 'Decrypt' && record.errorCode === undefined,
    )
    expect(shared).toMatchObject({
      requestParameters: { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
      additionalEventData: { keyMaterialId: key.metadata.CurrentKeyMaterialId },
    })
    expect(own.map((record) => record.sharedEventID)).toContain(shared?.sharedEventID)
    const made = own.find((record) => record.eventName === 'CreateGrant')
    expect(made).toMatchObject({
      requestParameters: { granteePrincipal: grant.GranteePrincipal, operations: ['Decrypt'] },
      responseElements: { keyId: key.arn },
    })
    expect(JSON.stringify([...own, ...foreign])).not.toMatch(
      /ciphertextBlob|plaintext"|grantToken/i,
    )
  })

  it('gives import parameters and pages through every key', async () => {
    const key = await makeKey({ Origin: 'EXTERNAL' })
    const parameters = await kms().send(
      new GetParametersForImportCommand({
        KeyId: key.id,
        WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
        WrappingKeySpec: 'RSA_2048',
      }),
    )
    expect(
      createPublicKey({ key: Buffer.from(parameters.PublicKey ?? []), format: 'der', type: 'spki' })
        .asymmetricKeyType,
    ).toBe('rsa')
    const seen: string[] = []
    for await (const page of paginateListKeys({ client: kms(), pageSize: 2 }, {}))
      seen.push(...(page.Keys ?? []).map((entry) => entry.KeyId ?? ''))
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toContain(key.id)
    expect(
      (await kms().send(new DescribeKeyCommand({ KeyId: key.id }))).KeyMetadata?.KeyState,
    ).toBe('PendingImport')
  })
})
