import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64, makeBench, readPath, type Bench } from './test/direct'
import { settle } from './time'

const day = 86_400_000

const rotationsOf = async (bench: Bench, keyId: string) => {
  const { Rotations } = await bench.run('ListKeyRotations', { KeyId: keyId, Limit: 1000 })
  return Array.isArray(Rotations)
    ? Rotations.map(
        (entry) =>
          [
            readPath(entry, 'RotationType'),
            Number(Reflect.get(Object(entry), 'RotationDate')) * 1000,
          ] as const,
      )
    : []
}

describe('automatic rotation', () => {
  it('happens on every due date, whatever steps the clock takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 90, max: 400 }),
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 6 }),
        async (period, steps) => {
          const bench = makeBench()
          const keyId = await bench.makeKey()
          await bench.run('EnableKeyRotation', { KeyId: keyId, RotationPeriodInDays: period })
          const start = bench.now
          for (const step of steps) {
            bench.now += step * day
            if (step % 2) settle(bench.world, bench.now)
          }
          const expected = Array.from(
            { length: Math.floor((bench.now - start) / day / period) },
            (_, index) => ['AUTOMATIC', start + (index + 1) * period * day],
          )
          expect(await rotationsOf(bench, keyId)).toEqual(expected)
          const status = await bench.run('GetKeyRotationStatus', { KeyId: keyId })
          expect(status).toMatchObject({
            KeyRotationEnabled: true,
            RotationPeriodInDays: period,
            NextRotationDate: (start + (expected.length + 1) * period * day) / 1000,
          })
        },
      ),
      { numRuns: 30 },
    )
  })

  it('waits while the key is disabled and catches up once when it is enabled', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    await bench.run('EnableKeyRotation', { KeyId: keyId, RotationPeriodInDays: 100 })
    await bench.run('DisableKey', { KeyId: keyId })
    bench.now += 350 * day
    expect(await rotationsOf(bench, keyId)).toEqual([])
    expect(await bench.run('GetKeyRotationStatus', { KeyId: keyId })).toMatchObject({
      KeyRotationEnabled: true,
    })
    await bench.run('EnableKey', { KeyId: keyId })
    const enabledAt = bench.now
    bench.now += 1000
    expect(await rotationsOf(bench, keyId)).toEqual([['AUTOMATIC', enabledAt]])
    expect(await bench.run('GetKeyRotationStatus', { KeyId: keyId })).toMatchObject({
      NextRotationDate: (enabledAt + 100 * day) / 1000,
    })
  })

  it('shows false while the key is pending deletion, and true again after', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    await bench.run('EnableKeyRotation', { KeyId: keyId })
    await bench.run('ScheduleKeyDeletion', { KeyId: keyId })
    expect(await bench.run('GetKeyRotationStatus', { KeyId: keyId })).toEqual({
      KeyId: bench.key(keyId).arn,
      KeyRotationEnabled: false,
    })
    await bench.run('CancelKeyDeletion', { KeyId: keyId })
    expect(await bench.run('GetKeyRotationStatus', { KeyId: keyId })).toMatchObject({
      KeyRotationEnabled: true,
      RotationPeriodInDays: 365,
    })
  })

  it('is refused to keys that cannot have it', async () => {
    const bench = makeBench()
    for (const kind of [
      { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' },
      { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
      { Origin: 'EXTERNAL' },
    ]) {
      const keyId = await bench.makeKey(kind)
      expect(await bench.fails('EnableKeyRotation', { KeyId: keyId })).toBe(
        'UnsupportedOperationException',
      )
    }
    const signer = await bench.makeKey({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })
    expect(await bench.run('GetKeyRotationStatus', { KeyId: signer })).toEqual({
      KeyId: bench.key(signer).arn,
      KeyRotationEnabled: false,
    })
  })
})

describe('on-demand rotation', () => {
  it('is in progress for a moment, then in the list, and ends after 25', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    for (let turn = 1; turn <= 25; turn += 1) {
      await bench.run('RotateKeyOnDemand', { KeyId: keyId })
      expect(await bench.run('GetKeyRotationStatus', { KeyId: keyId })).toMatchObject({
        KeyRotationEnabled: false,
        OnDemandRotationStartDate: bench.now / 1000,
      })
      expect(await rotationsOf(bench, keyId)).toHaveLength(turn - 1)
      bench.now += 2000
      expect(await rotationsOf(bench, keyId)).toHaveLength(turn)
      expect(await bench.run('GetKeyRotationStatus', { KeyId: keyId })).not.toHaveProperty(
        'OnDemandRotationStartDate',
      )
    }
    expect(await bench.fails('RotateKeyOnDemand', { KeyId: keyId })).toBe('LimitExceededException')
  })

  it('conflicts with an automatic rotation less than 20 minutes away, and leaves the schedule alone', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    await bench.run('EnableKeyRotation', { KeyId: keyId, RotationPeriodInDays: 90 })
    const due = bench.now + 90 * day
    bench.now = due - 20 * 60_000
    expect(await bench.fails('RotateKeyOnDemand', { KeyId: keyId })).toBe('ConflictException')
    bench.now -= 1000
    expect(await bench.fails('RotateKeyOnDemand', { KeyId: keyId })).toBe('ok')
    bench.now = due + 1
    expect((await rotationsOf(bench, keyId)).map(([type]) => type)).toEqual([
      'ON_DEMAND',
      'AUTOMATIC',
    ])
  })

  it('reaches every Region of a multi-Region set with the same material, and only by the primary', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey({ MultiRegion: true })
    await bench.run('ReplicateKey', { KeyId: keyId, ReplicaRegion: 'us-east-1' })
    bench.now += 5000
    expect(await bench.fails('RotateKeyOnDemand', { KeyId: keyId }, { region: 'us-east-1' })).toBe(
      'UnsupportedOperationException',
    )
    await bench.run('RotateKeyOnDemand', { KeyId: keyId })
    bench.now += 5000
    const { CiphertextBlob } = await bench.run('Encrypt', { KeyId: keyId, Plaintext: base64('x') })
    const there = await bench.run('Decrypt', { CiphertextBlob }, { region: 'us-east-1' })
    expect(there).toMatchObject({
      Plaintext: base64('x'),
      KeyMaterialId: bench.key(keyId).materials.at(-1)?.id,
    })
    expect(bench.key(keyId, 'us-east-1').materials.map((material) => material.state)).toEqual([
      'NON_CURRENT',
      'CURRENT',
    ])
  })

  it('writes RotateKey to the trail', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    await bench.run('RotateKeyOnDemand', { KeyId: keyId })
    bench.now += 2000
    settle(bench.world, bench.now)
    const events = bench.world.accounts.get('111122223333')?.regions.get('eu-west-1')?.events ?? []
    expect(events.map((event) => event.record)).toContainEqual(
      expect.objectContaining({
        eventName: 'RotateKey',
        eventType: 'AwsServiceEvent',
        serviceEventDetails: expect.objectContaining({ rotationType: 'ON_DEMAND', keyId }),
      }),
    )
  })
})
