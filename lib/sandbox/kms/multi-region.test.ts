import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64, makeBench, readPath, type Bench } from './test/direct'

const day = 86_400_000
const regions = ['eu-west-1', 'us-east-1', 'ap-south-1', 'sa-east-1'] as const

/**
 * What the rules of aws-facts 3 say of one set: which Regions hold a key, which of them is
 * the primary, what dies when.
 */
type Model = {
  primary: string
  keys: Map<string, { state: string; window: number; deathAt: number | null }>
}

const step = fc.oneof(
  fc.record({ do: fc.constant('replicate' as const), region: fc.constantFrom(...regions) }),
  fc.record({
    do: fc.constant('schedule' as const),
    region: fc.constantFrom(...regions),
    days: fc.integer({ min: 7, max: 30 }),
  }),
  fc.record({ do: fc.constant('cancel' as const), region: fc.constantFrom(...regions) }),
  fc.record({ do: fc.constant('enable' as const), region: fc.constantFrom(...regions) }),
  fc.record({ do: fc.constant('move' as const), region: fc.constantFrom(...regions) }),
  fc.record({ do: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 40 }) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function actOnModel(model: Model, now: number, action: Step): string {
  const primary = model.keys.get(model.primary)
  switch (action.do) {
    case 'replicate': {
      if (!primary) return 'NotFoundException'
      if (primary.state !== 'Enabled')
        return primary.state === 'Disabled' ? 'DisabledException' : 'KMSInvalidStateException'
      if (model.keys.has(action.region)) return 'AlreadyExistsException'
      model.keys.set(action.region, { state: 'Enabled', window: 0, deathAt: null })
      return 'ok'
    }
    case 'schedule': {
      const key = model.keys.get(action.region)
      if (!key) return 'NotFoundException'
      if (key.state.startsWith('Pending')) return 'KMSInvalidStateException'
      const waits = action.region === model.primary && model.keys.size > 1
      Object.assign(key, {
        state: waits ? 'PendingReplicaDeletion' : 'PendingDeletion',
        window: action.days,
        deathAt: waits ? null : now + action.days * day,
      })
      return 'ok'
    }
    case 'cancel':
    case 'enable': {
      const key = model.keys.get(action.region)
      if (!key) return 'NotFoundException'
      if (key.state.startsWith('Pending') !== (action.do === 'cancel'))
        return 'KMSInvalidStateException'
      Object.assign(key, { state: action.do === 'cancel' ? 'Disabled' : 'Enabled', deathAt: null })
      return 'ok'
    }
    case 'move': {
      if (!primary) return 'NotFoundException'
      if (primary.state !== 'Enabled')
        return primary.state === 'Disabled' ? 'DisabledException' : 'KMSInvalidStateException'
      if (action.region === model.primary) return 'UnsupportedOperationException'
      const next = model.keys.get(action.region)
      if (!next) return 'NotFoundException'
      if (next.state !== 'Enabled')
        return next.state === 'Disabled' ? 'DisabledException' : 'KMSInvalidStateException'
      model.primary = action.region
      return 'ok'
    }
    case 'wait':
      passTime(model, now + action.days * day)
      return 'ok'
  }
}

function passTime(model: Model, until: number) {
  for (;;) {
    const [next] = [...model.keys]
      .filter(([, key]) => key.deathAt !== null && key.deathAt <= until)
      .sort(([, a], [, b]) => (a.deathAt ?? 0) - (b.deathAt ?? 0))
    if (!next) return
    const [region, key] = next
    model.keys.delete(region)
    const primary = model.keys.get(model.primary)
    if (model.keys.size !== 1 || primary?.state !== 'PendingReplicaDeletion') continue
    Object.assign(primary, {
      state: 'PendingDeletion',
      deathAt: (key.deathAt ?? 0) + primary.window * day,
    })
  }
}

async function act(bench: Bench, keyId: string, model: Model, action: Step): Promise<string> {
  const at = { region: 'region' in action ? action.region : undefined }
  switch (action.do) {
    case 'replicate':
      return bench.fails(
        'ReplicateKey',
        { KeyId: keyId, ReplicaRegion: action.region },
        { region: model.primary },
      )
    case 'schedule':
      return bench.fails(
        'ScheduleKeyDeletion',
        { KeyId: keyId, PendingWindowInDays: action.days },
        at,
      )
    case 'cancel':
      return bench.fails('CancelKeyDeletion', { KeyId: keyId }, at)
    case 'enable':
      return bench.fails('EnableKey', { KeyId: keyId }, at)
    case 'move':
      return bench.fails(
        'UpdatePrimaryRegion',
        { KeyId: keyId, PrimaryRegion: action.region },
        { region: model.primary },
      )
    case 'wait':
      bench.now += action.days * day
      return 'ok'
  }
}

describe('a multi-Region set', () => {
  it('lives and dies in the order of the rules, whatever is asked of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 30 }), async (actions) => {
        const bench = makeBench()
        const keyId = await bench.makeKey({ MultiRegion: true })
        const model: Model = {
          primary: 'eu-west-1',
          keys: new Map([['eu-west-1', { state: 'Enabled', window: 0, deathAt: null }]]),
        }
        for (const action of actions) {
          const home = model.primary
          const answer = await act(bench, keyId, { ...model, primary: home }, action)
          const started = action.do === 'wait' ? bench.now - action.days * day : bench.now
          expect([action, answer]).toEqual([action, actOnModel(model, started, action)])
          bench.now += 2000
          passTime(model, bench.now)
          await bench.run('ListKeys')
          for (const region of regions) {
            const known = model.keys.get(region)
            if (!known)
              expect(await bench.fails('DescribeKey', { KeyId: keyId }, { region })).toBe(
                'NotFoundException',
              )
            else await expectMetadata(bench, keyId, region, known, model)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  async function expectMetadata(
    bench: Bench,
    keyId: string,
    region: string,
    known: { state: string; window: number; deathAt: number | null },
    model: Model,
  ) {
    const { KeyMetadata } = await bench.run('DescribeKey', { KeyId: keyId }, { region })
    const pending = known.state === 'PendingReplicaDeletion'
    expect(KeyMetadata).toMatchObject({
      KeyState: known.state,
      MultiRegionConfiguration: {
        MultiRegionKeyType: region === model.primary ? 'PRIMARY' : 'REPLICA',
        ReplicaKeys: expect.toSatisfy(
          (list: unknown) =>
            Array.isArray(list) &&
            list.length === [...model.keys.keys()].filter((name) => name !== model.primary).length,
        ),
      },
    })
    expect(Object.keys(Object(KeyMetadata)).includes('DeletionDate')).toBe(known.deathAt !== null)
    expect(Object.keys(Object(KeyMetadata)).includes('PendingDeletionWindowInDays')).toBe(pending)
  }

  it('opens in one Region what was sealed in another, also with the primary disabled, and signs alike', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey({ MultiRegion: true })
    const before = await bench.run('Encrypt', {
      KeyId: keyId,
      Plaintext: base64('x'),
      EncryptionContext: { a: 'b' },
    })
    await bench.run('ReplicateKey', { KeyId: keyId, ReplicaRegion: 'us-east-1' })
    bench.now += 3000
    await bench.run('DisableKey', { KeyId: keyId })
    const opened = await bench.run(
      'Decrypt',
      { CiphertextBlob: before.CiphertextBlob, EncryptionContext: { a: 'b' } },
      { region: 'us-east-1' },
    )
    expect(opened).toMatchObject({
      Plaintext: base64('x'),
      KeyId: bench.key(keyId, 'us-east-1').arn,
    })
    const signer = await bench.makeKey({
      MultiRegion: true,
      KeySpec: 'ECC_NIST_P256',
      KeyUsage: 'SIGN_VERIFY',
    })
    await bench.run('ReplicateKey', { KeyId: signer, ReplicaRegion: 'us-east-1' })
    bench.now += 3000
    const publics = await Promise.all(
      ['eu-west-1', 'us-east-1'].map((region) =>
        bench.run('GetPublicKey', { KeyId: signer }, { region }),
      ),
    )
    expect(publics[0]?.PublicKey).toBe(publics[1]?.PublicKey)
  })

  it('gives a replica the default policy, no tags and an own description', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey({
      MultiRegion: true,
      Description: 'first',
      Tags: [{ TagKey: 'a', TagValue: 'b' }],
    })
    await bench.run('EnableKeyRotation', { KeyId: keyId, RotationPeriodInDays: 100 })
    const answer = await bench.run('ReplicateKey', { KeyId: keyId, ReplicaRegion: 'us-east-1' })
    expect(answer).toMatchObject({
      ReplicaKeyMetadata: { Description: '', KeyState: 'Creating', Enabled: false },
    })
    expect(answer).not.toHaveProperty('ReplicaTags')
    expect(readPath(answer, 'ReplicaPolicy')).toContain('Enable IAM User Permissions')
    const events = bench.world.accounts.get('111122223333')?.regions.get('us-east-1')?.events ?? []
    expect(events.map((event) => event.record.eventName)).toEqual(['CreateKey'])
    bench.now += 3000
    expect(
      await bench.run('GetKeyRotationStatus', { KeyId: keyId }, { region: 'us-east-1' }),
    ).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 100 })
    const { KeyMetadata } = await bench.run(
      'DescribeKey',
      { KeyId: keyId },
      { region: 'us-east-1' },
    )
    expect(KeyMetadata).toMatchObject({
      KeyState: 'Enabled',
      CurrentKeyMaterialId: bench.key(keyId).materials[0]?.id,
    })
  })

  it('cannot be made of a single-Region key', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    expect(await bench.fails('ReplicateKey', { KeyId: keyId, ReplicaRegion: 'us-east-1' })).toBe(
      'UnsupportedOperationException',
    )
  })
})
