import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findDrift } from './drift'

const member = (region: string, over = {}) => ({
  region,
  keyState: 'Enabled',
  policyHash: 'aaaaaaaabbbb',
  aliases: ['alias/a', 'alias/b'],
  aliasesAt: '2026-11-01T00:00:00Z',
  tags: { team: 'x' },
  description: '',
  grantCount: 0,
  ...over,
})

describe('drift in a multi-Region set', () => {
  it('finds nothing between members that agree, in whatever order their lists come', () => {
    expect(findDrift([member('a'), member('b', { aliases: ['alias/b', 'alias/a'] })])).toEqual([])
  })

  it('names what differs and who has what', () => {
    expect(findDrift([member('a'), member('b', { keyState: 'Disabled' }), member('c')])).toEqual([
      {
        what: 'State',
        values: [
          { value: 'Enabled', regions: ['a', 'c'] },
          { value: 'Disabled', regions: ['b'] },
        ],
      },
    ])
  })

  it('never takes the unknown for a difference', () => {
    const blind = {
      aliases: [],
      aliasesAt: null,
      keyState: null,
      policyHash: null,
      tags: null,
      description: null,
      grantCount: null,
    }
    fc.assert(
      fc.property(fc.subarray(['b', 'c', 'd']), (regions) => {
        expect(findDrift([member('a'), ...regions.map((region) => member(region, blind))])).toEqual(
          [],
        )
      }),
    )
  })
})
