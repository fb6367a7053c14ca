import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyRotationCommand,
  ReplicateKeyCommand,
  ScheduleKeyDeletionCommand,
  type CreateKeyCommandInput,
} from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Place } from './kind'
import { kinds, type KindName } from './registry'
import { openSandboxFixture, own, region, type SandboxFixture } from '../test/sandbox-fixture'
import { doubtsAbout, origins, refusePlan, specs, usages, type KeyPlan } from '../../kms/key-specs'

let fixture: SandboxFixture
beforeAll(async () => {
  fixture = await openSandboxFixture()
})
afterAll(() => fixture.close())

/** What AWS answers to the change if it is sent all the same, and what we said before. */
async function confront(name: KindName, place: Place, input: unknown) {
  const { plan, ...clients } = await fixture.open(kinds[name], place, input)
  const state = await plan.read(clients.read)
  const ours = plan.refuse(state)
  const step = plan.doing(state)
  await step.observe(clients.read, {
    sends: 0,
    lastSentAt: null,
    now: new Date(Date.UTC(2026, 10, 22)).toISOString(),
  })
  const theirs = await step.act(clients.write, clients.read).then(
    () => null,
    (error: unknown) =>
      error instanceof Error && 'code' in error ? String(error.code) : String(error),
  )
  return { ours, theirs }
}

describe('a new key', () => {
  it('is refused by us where AWS refuses it, for all specs, usages, origins and scopes', async () => {
    const differing: unknown[] = []
    let asked = 0
    for (const keySpec of specs)
      for (const keyUsage of usages)
        for (const origin of ['AWS_KMS', 'EXTERNAL'] as const)
          for (const multiRegion of [false, true]) {
            const plan: KeyPlan = {
              keySpec,
              keyUsage,
              origin,
              multiRegion,
              customKeyStoreId: null,
              xksKeyId: null,
            }
            // SM2 exists in China only, which the sandbox is not; what AWS leaves open, the
            // sandbox decides for itself.
            if (keySpec === 'SM2' || doubtsAbout(plan).length > 0) continue
            const call = {
              KeySpec: keySpec,
              KeyUsage: keyUsage,
              Origin: origin,
              MultiRegion: multiRegion,
            }
            const theirs = await fixture
              .admin()
              .send(new CreateKeyCommand(call))
              .then(
                () => null,
                (error: Error) => error.name,
              )
            const ours = refusePlan(plan, 'aws')
            asked++
            if ((ours === null) !== (theirs === null)) differing.push({ ...call, ours, theirs })
          }
    expect(differing).toEqual([])
    expect(asked).toBeGreaterThan(250)
  })

  it('goes into a custom key store only as a symmetric single-Region key of a store that is there', async () => {
    for (const origin of origins)
      for (const keySpec of ['SYMMETRIC_DEFAULT', 'RSA_2048'] as const)
        for (const multiRegion of [false, true]) {
          const inStore = origin === 'AWS_CLOUDHSM' || origin === 'EXTERNAL_KEY_STORE'
          const plan: KeyPlan = {
            keySpec,
            keyUsage: 'ENCRYPT_DECRYPT',
            origin,
            multiRegion,
            customKeyStoreId: 'cks-1',
            xksKeyId: origin === 'EXTERNAL_KEY_STORE' ? 'x' : null,
          }
          expect(refusePlan(plan, 'aws') === null).toBe(
            inStore && keySpec === 'SYMMETRIC_DEFAULT' && !multiRegion,
          )
        }
    const place: Place = { accountId: own, region, partition: 'aws', keyArn: null }
    const { plan, ...clients } = await fixture.open(kinds['key-create'], place, {
      origin: 'AWS_CLOUDHSM',
      customKeyStoreId: 'cks-1234567890abcdef0',
    })
    await expect(plan.read(clients.read).then((state) => plan.refuse(state))).rejects.toMatchObject(
      {
        code: 'CustomKeyStoreNotFoundException',
      },
    )
  })

  it('needs a policy that IAM would read, and no tag of ours', () => {
    const parse = (input: object) => () => kinds['key-create'].parse(input)
    expect(parse({ policy: '{ "Version": "2012-10-17", ' })).toThrow()
    expect(
      parse({
        policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }],
        }),
      }),
    ).toThrow(/Principal/)
    expect(parse({ tags: { 'claviger:change': 'x' } })).toThrow(/mark/)
    expect(parse({ tags: { 'aws:x': 'x' } })).toThrow(/AWS/)
    expect(parse({ description: 'x'.repeat(8193) })).toThrow()
  })
})

const natures: Record<string, CreateKeyCommandInput> = {
  symmetric: {},
  imported: { Origin: 'EXTERNAL' },
  RSA: { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' },
  HMAC: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
  'multi-Region': { MultiRegion: true },
}
const states: Record<string, (keyArn: string) => Promise<unknown>> = {
  'as it is made': async () => null,
  Disabled: (KeyId) => fixture.admin().send(new DisableKeyCommand({ KeyId })),
  PendingDeletion: (KeyId) => fixture.admin().send(new ScheduleKeyDeletionCommand({ KeyId })),
}
const alias = 'alias/refused'
let names = 0
const asks: [KindName, unknown][] = [
  ['key-enable', {}],
  ['key-disable', {}],
  ['deletion-schedule', {}],
  ['deletion-cancel', {}],
  ['rotation-enable', {}],
  ['rotation-disable', {}],
  ['rotate-now', {}],
  ['alias-create', () => ({ aliasName: `alias/app/${++names}` })],
  ['tag', { tags: { team: 'red' } }],
  ['untag', { tagKeys: ['old'] }],
  ['description', { description: 'other' }],
  ['replicate', { replicaRegion: 'eu-central-1' }],
  ['primary-update', { primaryRegion: 'us-east-1' }],
]
/** What AWS takes although nothing would change; we say so instead. */
const idle = /already|does not rotate automatically today/

describe.each(asks)('%s', (name, input) => {
  it.each(
    Object.keys(natures).flatMap((nature) =>
      Object.keys(states).map((state) => [nature, state] as const),
    ),
  )('of a key that is %s, %s: AWS and we agree', async (nature, state) => {
    const place = await fixture.makeKey({
      ...natures[nature],
      Tags: [{ TagKey: 'old', TagValue: 'x' }],
    })
    // Imported keys wait for material: AWS takes no other state for them here but the deletion.
    if (nature === 'imported' && state === 'Disabled') return
    await states[state]?.(place.keyArn ?? '')
    const { ours, theirs } = await confront(
      name,
      place,
      typeof input === 'function' ? input() : input,
    )
    if (ours !== null && idle.test(ours)) return
    expect({ nature, state, name, refused: ours !== null, words: ours, theirs }).toMatchObject({
      refused: theirs !== null,
    })
  })
})

describe('a key whose custom key store is away', () => {
  it.each(['key-enable', 'key-disable'] as const)(
    '%s: AWS takes it and so do we, but for no limited time',
    async (name) => {
      const place = await fixture.makeKey()
      const [, , , , accountId = '', resource = ''] = place.keyArn?.split(':') ?? []
      const key = fixture.aws.sandbox.world.accounts
        .get(accountId)
        ?.regions.get(region)
        ?.keys.get(resource.slice('key/'.length))
      if (!key) throw new Error('no key')
      key.state = 'Unavailable'
      expect(await confront(name, place, {})).toEqual({ ours: null, theirs: null })
      const { plan, ...clients } = await fixture.open(
        kinds[name],
        place,
        {},
        { endsAt: '2027-01-01T00:00:00.000Z' },
      )
      expect(plan.refuse(await plan.read(clients.read))).toMatch(/without an end/)
    },
  )
})

describe('an alias', () => {
  it('moves only to a key of its kind', async () => {
    const [symmetric, signing, agreeing, hmac] = [
      await fixture.makeKey(),
      await fixture.makeKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
      await fixture.makeKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' }),
      await fixture.makeKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }),
    ]
    await fixture
      .admin()
      .send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: signing.keyArn ?? '' }))
    const rsa = await fixture.makeKey({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })
    for (const place of [symmetric, agreeing, hmac]) {
      expect(
        await confront('alias-update', place, { aliasName: alias, fromKeyArn: signing.keyArn }),
      ).toEqual({ ours: expect.stringMatching(/cannot be moved/), theirs: 'ValidationException' })
    }
    expect(
      await confront('alias-update', rsa, { aliasName: alias, fromKeyArn: signing.keyArn }),
    ).toEqual({ ours: null, theirs: null })
    expect(
      await confront('alias-update', rsa, { aliasName: alias, fromKeyArn: signing.keyArn }),
    ).toMatchObject({ ours: `${alias} names this key already.` })
  })

  it('is none of AWS’s own, nor anything but letters, digits, / _ and -', () => {
    for (const name of [
      'alias/aws/ebs',
      'alias/',
      'app',
      'alias/a:b',
      'alias/a b',
      `alias/${'x'.repeat(260)}`,
    ]) {
      expect(() => kinds['alias-create'].parse({ aliasName: name })).toThrow()
    }
  })
})

describe('rotation of a multi-Region key', () => {
  it('is asked for at the primary key, as are replication and the move', async () => {
    const primary = await fixture.makeKey({ MultiRegion: true })
    await fixture
      .admin()
      .send(new ReplicateKeyCommand({ KeyId: primary.keyArn ?? '', ReplicaRegion: 'us-east-1' }))
    await fixture.admin().send(new EnableKeyRotationCommand({ KeyId: primary.keyArn ?? '' }))
    await fixture.aws.control('POST', 'clock', { advanceSeconds: 3 })
    const replica: Place = {
      ...primary,
      region: 'us-east-1',
      keyArn: (primary.keyArn ?? '').replace('eu-west-1', 'us-east-1'),
    }
    for (const [name, input] of [
      ['rotation-enable', { rotationPeriodInDays: 90 }],
      ['rotate-now', {}],
      ['replicate', { replicaRegion: 'eu-central-1' }],
      ['primary-update', { primaryRegion: 'eu-west-1' }],
    ] as const) {
      const { ours, theirs } = await confront(name, replica, input)
      expect([name, ours]).toEqual([name, expect.stringMatching(/primary key/)])
      expect([name, theirs]).toEqual([name, expect.stringMatching(/Unsupported|InvalidState/)])
    }
    expect(await confront('replicate', primary, { replicaRegion: 'us-east-1' })).toMatchObject({
      ours: 'This key is in us-east-1 already.',
      theirs: 'AlreadyExistsException',
    })
    expect(await confront('deletion-schedule', primary, {})).toEqual({ ours: null, theirs: null })
  })
})
