import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import {
  ConnectCustomKeyStoreCommand,
  CreateAliasCommand,
  CreateCustomKeyStoreCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  GenerateMacCommand,
  GetParametersForImportCommand,
  ImportKeyMaterialCommand,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  UpdatePrimaryRegionCommand,
  VerifyMacCommand,
  type CreateKeyCommandInput,
} from '@aws-sdk/client-kms'
import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildScenario } from '../scenario/build'
import { fillHistory } from '../scenario/history'
import { adminOf, runSandbox } from '../test/running'

let running: Awaited<ReturnType<typeof runSandbox>>
let live: Map<string, Rec[]>
beforeAll(async () => {
  running = await runSandbox()
  running.sandbox.quotas.overrides.push({ quota: 'LookupEvents', value: 1000 })
  await callEverything()
  live = await readLive('eu-west-1')
})
afterAll(() => running.close())

type Rec = Record<string, unknown>
const admin = adminOf('111122223333')
const kms = () => running.kms(admin)
const createKey = async (input: CreateKeyCommandInput = {}) =>
  (await kms().send(new CreateKeyCommand(input))).KeyMetadata?.Arn ?? ''
const hmac = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' } as const
const store = {
  CustomKeyStoreName: 'hsm',
  CloudHsmClusterId: 'cluster-abcdefghijk',
  TrustAnchorCertificate: 'pem',
  KeyStorePassword: 'password',
}

async function callEverything(): Promise<void> {
  const [KeyId, other] = [await createKey({ Description: 'one' }), await createKey()]
  const EncryptionContext = { Project: 'Alpha' }
  const { CiphertextBlob } = await kms().send(
    new EncryptCommand({ KeyId, Plaintext: Buffer.from('secret'), EncryptionContext }),
  )
  await kms().send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))
  const to = { DestinationKeyId: other, DestinationEncryptionContext: { Level: '3A' } }
  const from = { CiphertextBlob, SourceEncryptionContext: EncryptionContext }
  await kms().send(new ReEncryptCommand({ ...from, ...to }))
  const mac = { KeyId: await createKey(hmac), Message: Buffer.from('m') }
  const { Mac } = await kms().send(new GenerateMacCommand({ ...mac, MacAlgorithm: 'HMAC_SHA_256' }))
  await kms().send(new VerifyMacCommand({ ...mac, Mac, MacAlgorithm: 'HMAC_SHA_256' }))
  const GranteePrincipal = 'arn:aws:iam::111122223333:user/admin'
  await kms().send(new CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ['Decrypt'] }))
  await kms().send(new CreateAliasCommand({ AliasName: 'alias/one', TargetKeyId: KeyId }))
  const signing = await createKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
  const sign = { KeyId: signing, Message: Buffer.from('m'), MessageType: 'RAW' } as const
  await kms().send(new SignCommand({ ...sign, SigningAlgorithm: 'ECDSA_SHA_256' }))
  await kms().send(new RotateKeyOnDemandCommand({ KeyId }))
  await importMaterial()
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111122223333:root' },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  })
  await kms().send(new PutKeyPolicyCommand({ KeyId: other, Policy }))
  await kms().send(new ScheduleKeyDeletionCommand({ KeyId: other, PendingWindowInDays: 7 }))
  const { CustomKeyStoreId } = await kms().send(new CreateCustomKeyStoreCommand(store))
  await kms().send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }))
  const moved = await createKey({ MultiRegion: true })
  await kms().send(new ReplicateKeyCommand({ KeyId: moved, ReplicaRegion: 'us-east-1' }))
  await running.control('POST', 'clock', { advanceSeconds: 60 })
  await kms().send(new UpdatePrimaryRegionCommand({ KeyId: moved, PrimaryRegion: 'us-east-1' }))
}

async function importMaterial(): Promise<void> {
  const KeyId = await createKey({ Origin: 'EXTERNAL' })
  const wrapping = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' } as const
  const { PublicKey, ImportToken } = await kms().send(
    new GetParametersForImportCommand({ KeyId, ...wrapping }),
  )
  const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' })
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
  const EncryptedKeyMaterial = publicEncrypt({ key, ...padding }, randomBytes(32))
  const ExpirationModel = 'KEY_MATERIAL_EXPIRES'
  const ValidTo = new Date(Date.now() + 86_400_000)
  await kms().send(
    new ImportKeyMaterialCommand({
      ...{ KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel, ValidTo },
      ImportType: 'NEW_KEY_MATERIAL',
    }),
  )
}

async function readLive(region: string): Promise<Map<string, Rec[]>> {
  const { Events = [] } = await running.cloudTrail(admin, region).send(new LookupEventsCommand({}))
  const byName = new Map<string, Rec[]>()
  for (const { EventName = '', CloudTrailEvent = '' } of Events)
    byName.set(EventName, [...(byName.get(EventName) ?? []), JSON.parse(CloudTrailEvent)])
  return byName
}

const one = (name: string) => live.get(name)?.at(-1) ?? {}
const date = expect.stringMatching(/^[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d\d:\d\d [AP]M$/)
const materialId = expect.stringMatching(/^[0-9a-f]{64}$/)

it('records of live calls are as AWS’s pages show them', () => {
  expect(one('ReEncrypt')).toMatchObject({
    requestParameters: {
      sourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      sourceEncryptionContext: { Project: 'Alpha' },
      destinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      destinationEncryptionContext: { Level: '3A' },
    },
    responseElements: null,
    additionalEventData: {
      sourceKeyMaterialId: materialId,
      destinationKeyMaterialId: materialId,
    },
    readOnly: true,
    resources: [{}, {}],
  })
  expect(one('CreateKey')).toMatchObject({
    requestParameters: { description: 'one', origin: 'AWS_KMS', multiRegion: false },
    responseElements: { keyMetadata: { aWSAccountId: '111122223333', creationDate: date } },
    readOnly: false,
  })
  expect(one('VerifyMac')).toMatchObject({
    requestParameters: { macAlgorithm: 'HMAC_SHA_256' },
    responseElements: null,
  })
  expect(one('GetParametersForImport')).toMatchObject({ readOnly: true, responseElements: null })
  expect(one('ImportKeyMaterial')).toMatchObject({
    requestParameters: { expirationModel: 'KEY_MATERIAL_EXPIRES', validTo: date },
    responseElements: { keyMaterialId: materialId },
  })
  expect(one('CreateCustomKeyStore')).toMatchObject({
    requestParameters: { customKeyStoreName: 'hsm', clusterId: store.CloudHsmClusterId },
  })
  expect(one('ConnectCustomKeyStore')).toMatchObject({
    responseElements: null,
    additionalEventData: { customKeyStoreName: 'hsm', clusterId: store.CloudHsmClusterId },
  })
  expect(one('SynchronizeMultiRegionKey')).toMatchObject({
    requestParameters: null,
    responseElements: { keyId: expect.stringContaining(':key/mrk-') },
  })
})

it('UpdatePrimaryRegion stands in both Regions, about the key of each', async () => {
  const there = (await readLive('us-east-1')).get('UpdatePrimaryRegion') ?? []
  const here = live.get('UpdatePrimaryRegion') ?? []
  expect([here.length, there.length]).toEqual([1, 1])
  for (const [record, region] of [
    [here[0], 'eu-west-1'],
    [there[0], 'us-east-1'],
  ] as const) {
    const ARN = expect.stringContaining(`arn:aws:kms:${region}:111122223333:key/mrk-`)
    expect(record).toMatchObject({
      awsRegion: region,
      requestParameters: { primaryRegion: 'us-east-1' },
      responseElements: { keyId: ARN },
      resources: [{ ARN }],
    })
  }
  expect(here[0]?.eventID).not.toBe(there[0]?.eventID)
})

it('a scenario’s past has the shapes of live calls', () => {
  const world = buildScenario({ scenario: 'demo', seed: 3, now: Date.now() })
  const past = [...world.accounts.values()].flatMap((account) =>
    [...account.regions.values()].flatMap((region) => {
      fillHistory(world, account.id, region.name)
      return region.events.map((event): Rec => JSON.parse(JSON.stringify(event.record)))
    }),
  )
  const shapes = new Map(past.map((record) => [describeShape(record), record]))
  const compared = new Set<string>()
  for (const record of shapes.values()) {
    const name = String(record.eventName)
    const [twin] = live.get(name) ?? []
    if (!twin || record.errorCode !== undefined) continue
    compared.add(name)
    const says = `${name}: ${JSON.stringify(record)}`
    expect([record.readOnly, record.eventType], says).toEqual([twin.readOnly, twin.eventType])
    expect(namesOf(record.serviceEventDetails), says).toEqual(namesOf(twin.serviceEventDetails))
    const answered = namesOf(record.responseElements)
    // A primary key that waits for its replicas has no date yet.
    const waits = JSON.stringify(record).includes('PendingReplicaDeletion')
    expect(waits ? [...answered, 'deletionDate'].sort() : answered, says).toEqual(
      namesOf(twin.responseElements),
    )
    const asked = namesOf(record.requestParameters)
    const known = allowed(name, twin)
    expect(
      asked.filter((member) => !known.includes(member)),
      says,
    ).toEqual([])
  }
  expect([...compared].sort()).toEqual(
    expect.arrayContaining([
      'CreateAlias',
      'CreateGrant',
      'CreateKey',
      'Decrypt',
      'Encrypt',
      'GetParametersForImport',
      'ImportKeyMaterial',
      'PutKeyPolicy',
      'ReEncrypt',
      'RotateKey',
      'ScheduleKeyDeletion',
      'Sign',
      'VerifyMac',
    ]),
  )
})

const namesOf = (value: unknown) =>
  typeof value === 'object' && value !== null ? Object.keys(value).sort() : []

const describeShape = (record: Rec) =>
  JSON.stringify([
    record.eventName,
    record.errorCode,
    record.readOnly,
    record.eventType,
    namesOf(record.requestParameters),
    namesOf(record.responseElements),
  ])

/** Members that a caller can leave out, beside those of the live call. */
const optional: Record<string, string[]> = {
  CreateGrant: [
    'constraints',
    'granteeServicePrincipal',
    'name',
    'retiringPrincipal',
    'retiringServicePrincipal',
  ],
  CreateKey: ['keySpec', 'tags'],
  Decrypt: ['keyId'],
}
const allowed = (name: string, twin: Rec) => [
  ...namesOf(twin.requestParameters),
  ...(optional[name] ?? []),
]
