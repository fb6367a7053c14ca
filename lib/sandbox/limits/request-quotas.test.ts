import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { addKey, addUser, bareWorld, callBy, delegating, document } from '../test/call'
import type { World } from '../world'
import { listQuotaUses, makeRequestQuotas, takeQuota } from './request-quotas'

const own = '111122223333'
let world: World
beforeEach(() => {
  world = bareWorld()
})
const uses = (operation: string, input = {}, more = {}) =>
  listQuotaUses(callBy(world, addUser(world, own, 'ann'), { operation, ...more }), input)

describe('which rows a call counts on', () => {
  it('shares the symmetric row, and tells key kinds apart', () => {
    const rsa = addKey(world, own, document(delegating(own)), { keySpec: 'RSA_2048' })
    const names = (operation: string, input = {}) => uses(operation, input).map((use) => use.name)
    expect(names('GenerateDataKey')).toEqual(names('Decrypt'))
    expect(names('Decrypt', { KeyId: rsa.keyId })).toEqual([
      'Cryptographic operations (RSA) request rate',
    ])
    expect(names('Sign', { KeyId: rsa.arn })).toEqual([
      'Cryptographic operations (RSA) request rate',
    ])
    expect(names('GenerateDataKeyPair', { KeyPairSpec: 'RSA_4096' })).toEqual([
      'GenerateDataKeyPair (RSA_4096) request rate',
    ])
    expect(uses('GetCallerIdentity', {}, { service: 'sts' })).toEqual([])
  })

  it('counts another account’s key on the caller, ReplicateKey on both Regions', () => {
    const foreign = addKey(world, '444455556666', document(delegating(own)))
    expect(uses('Decrypt', { KeyId: foreign.arn }).map((use) => use.accountId)).toEqual([own])
    expect(
      uses('ReplicateKey', { ReplicaRegion: 'us-east-1' }).map(({ region, amount }) => [
        region,
        amount,
      ]),
    ).toEqual([
      ['eu-west-1', 1],
      ['us-east-1', 2],
    ])
  })

  it('takes the quota that was applied for', () => {
    expect(uses('ListGrants')[0]?.perSecond).toBe(100)
    world.accounts.get(own)?.regions.get('eu-west-1')?.quotaOverrides.set('L-D39AB822', 250)
    expect(uses('ListGrants')[0]?.perSecond).toBe(250)
  })
})

describe('the bucket', () => {
  it('lets through one second’s worth at once and then the rate, per account, Region and row', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 400 }), (gaps) => {
        const quotas = { ...makeRequestQuotas(), enforced: true }
        const [row] = uses('CreateKey')
        if (!row) throw new Error('CreateKey has no row')
        let now = 1_000_000
        const passed: number[] = []
        for (const gap of gaps) {
          now += gap
          if (takeQuota(quotas, [row], now)) passed.push(now)
        }
        for (const start of passed) {
          const within = (ms: number) =>
            passed.filter((at) => at >= start && at < start + ms).length
          expect(within(1)).toBeLessThanOrEqual(5)
          expect(within(2_000)).toBeLessThanOrEqual(15)
        }
      }),
    )
  })

  it('never throttles a client that keeps the rate, and does throttle one that does not', () => {
    const quotas = { ...makeRequestQuotas(), enforced: true }
    const rows = uses('ListGrants')
    for (let i = 0; i < 1_000; i += 1) expect(takeQuota(quotas, rows, i * 10)).toBe(true)
    const burst = Array.from({ length: 300 }, () => takeQuota(quotas, rows, 20_000))
    expect(burst.filter(Boolean).length).toBe(100)
    expect(takeQuota(quotas, uses('DescribeKey'), 20_000)).toBe(true)
    expect(takeQuota(quotas, uses('ListGrants', {}, { region: 'us-east-1' }), 20_000)).toBe(true)
    expect(takeQuota({ ...quotas, enforced: false }, rows, 20_000)).toBe(true)
  })

  it('obeys overrides, the last one that fits', () => {
    const quotas = {
      ...makeRequestQuotas(),
      enforced: true,
      overrides: [
        { quota: 'ListGrants', value: 3 },
        { quota: 'L-D39AB822', value: 2, region: 'us-east-1' },
      ],
    }
    const passes = (region: string) =>
      Array.from({ length: 9 }, () =>
        takeQuota(quotas, uses('ListGrants', {}, { region }), 5_000),
      ).filter(Boolean).length
    expect([passes('eu-west-1'), passes('us-east-1')]).toEqual([3, 2])
  })
})
