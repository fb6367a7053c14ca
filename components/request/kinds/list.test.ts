import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listOffers } from '@/lib/changes/kinds/offers'
import { whyNot, type AskableKey } from '@/lib/changes/kinds/traits'
import { hrefOfRequest } from '../href-of-request'
import { formKinds } from './list'

const unknownKey: AskableKey = {
  keySpec: null,
  keyUsage: null,
  origin: null,
  keyManager: null,
  keyState: null,
  scope: null,
  rotation: 'unknown',
  aliases: [],
  aliasesAt: null,
  tags: null,
  problems: {},
  goneAt: null,
}
const single: AskableKey = {
  keySpec: 'SYMMETRIC_DEFAULT',
  keyUsage: 'ENCRYPT_DECRYPT',
  origin: 'AWS_KMS',
  keyManager: 'CUSTOMER',
  keyState: 'Enabled',
  scope: 'single',
  rotation: 'on',
  aliases: ['alias/a'],
  aliasesAt: '2026-01-01T00:00:00Z',
  tags: { team: 'data' },
  problems: {},
  goneAt: null,
}
const refused = (key: AskableKey) =>
  formKinds.filter((kind) => whyNot(kind, key) !== null).map(({ name }) => name)

describe('what can be asked for at a key', () => {
  it('is everything while nothing is known of it', () => {
    expect(refused(unknownKey)).toEqual([])
  })

  it('goes by its state, spec and place in a set', () => {
    expect(refused(single)).toEqual([
      'key-enable',
      'deletion-cancel',
      'replicate',
      'primary-update',
    ])
    expect(refused({ ...single, scope: 'primary', keyState: 'Disabled', rotation: 'off' })).toEqual(
      ['key-disable', 'deletion-cancel', 'rotation-disable'],
    )
    expect(
      refused({ ...single, keySpec: 'RSA_2048', rotation: 'notApplicable', tags: {}, aliases: [] }),
    ).toEqual(expect.arrayContaining(['rotation-enable', 'rotate-now', 'untag', 'alias-delete']))
  })

  it('is only its rescue when it waits to be deleted, and nothing when AWS manages it', () => {
    expect(
      formKinds
        .filter((kind) => whyNot(kind, { ...single, keyState: 'PendingDeletion' }) === null)
        .map(({ name }) => name),
    ).toEqual(['grant-revoke', 'deletion-cancel'])
    expect(refused({ ...single, keyManager: 'AWS' })).toHaveLength(formKinds.length)
    expect(listOffers({ ...single, keyManager: 'AWS' }).every(({ why }) => why !== null)).toBe(true)
  })
})

it('an address of a form names each key, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, unit: 'grapheme-ascii' })), (keys) => {
      expect(
        new URLSearchParams(hrefOfRequest('tag', keys, { draft: 'x' }).split('?')[1]).getAll('key'),
      ).toEqual(keys)
    }),
  )
})
