import { describe, expect, test } from 'vitest'
import {
  canRotateAutomatically,
  mayAskLastUse,
  mayAskRotations,
  mayAskRotationStatus,
  readMetadata,
} from './key-facts'

const key = {
  keyManager: 'CUSTOMER',
  keySpec: 'SYMMETRIC_DEFAULT',
  origin: 'AWS_KMS',
  keyState: 'Enabled',
}

describe('calls that KMS would refuse are not made', () => {
  test.each([
    ['symmetric', {}, true, true, true],
    ['disabled', { keyState: 'Disabled' }, true, true, true],
    ['pending deletion', { keyState: 'PendingDeletion' }, true, true, true],
    ['asymmetric', { keySpec: 'RSA_2048' }, false, false, true],
    ['HMAC', { keySpec: 'HMAC_256' }, false, false, true],
    ['imported', { origin: 'EXTERNAL' }, true, true, true],
    ['imported and empty', { origin: 'EXTERNAL', keyState: 'PendingImport' }, false, true, true],
    ['of a CloudHSM store', { origin: 'AWS_CLOUDHSM' }, false, false, true],
    [
      'of a store that is away',
      { origin: 'AWS_CLOUDHSM', keyState: 'Unavailable' },
      false,
      false,
      true,
    ],
    ['AWS managed', { keyManager: 'AWS' }, true, false, false],
    [
      'not described',
      { keyManager: null, keySpec: null, origin: null, keyState: null },
      false,
      false,
      false,
    ],
  ])('%s', (_, change, status, rotations, lastUse) => {
    const kind = { ...key, ...change }
    expect([mayAskRotationStatus(kind), mayAskRotations(kind), mayAskLastUse(kind)]).toEqual([
      status,
      rotations,
      lastUse,
    ])
  })

  test('imported material is never rotated by KMS itself, whatever the status call says', () => {
    expect(canRotateAutomatically({ ...key, origin: 'EXTERNAL' })).toBe(false)
  })
})

describe('readMetadata', () => {
  const base = { KeyId: 'k', Arn: 'arn:aws-cn:kms:cn-north-1:111122223333:key/k' }
  test('scope and primary of a multi-Region replica', () => {
    const read = readMetadata({
      ...base,
      MultiRegion: true,
      MultiRegionConfiguration: {
        MultiRegionKeyType: 'REPLICA',
        PrimaryKey: { Arn: 'arn:primary' },
      },
    })
    expect([read.scope, read.primaryKeyArn, read.partition]).toEqual([
      'replica',
      'arn:primary',
      'aws-cn',
    ])
  })
  test('a multi-Region id without the configuration is unknown, not single', () => {
    expect(readMetadata({ KeyId: 'mrk-1' }).scope).toBeNull()
    expect(readMetadata({ ...base, MultiRegion: false }).scope).toBe('single')
  })
  test('what AWS left out is null, and only an absent description is empty', () => {
    const read = readMetadata(base)
    expect(
      Object.entries(read).filter(([name, value]) => value === undefined && name !== 'metadata'),
    ).toEqual([])
    expect([read.keyState, read.description]).toEqual([null, ''])
  })
})
