import { cbor, dateToTag } from '@smithy/core/cbor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../call'
import { decodeCbor, encodeCbor } from './cbor'

const hex = (text: string) => decodeCbor(Buffer.from(text, 'hex'))

describe('CBOR', () => {
  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value)
        fc.pre(!text.includes('__proto__')) // no name of AWS's; the library reads it as a prototype
        const plain: Json = JSON.parse(text)
        expect(decodeCbor(encodeCbor(plain, new Set()))).toEqual(plain)
      }),
    )
  })

  it('reads the examples of RFC 8949', () => {
    expect(hex('1bffffffffffffffff')).toBe(2 ** 64)
    expect([
      hex('20'),
      hex('3903e7'),
      hex('f93c00'),
      hex('fa47c35000'),
      hex('fb3ff199999999999a'),
    ]).toEqual([-1, -1000, 1, 100_000, 1.1])
    expect([hex('c11a514b67b0'), hex('4401020304'), hex('f7')]).toEqual([
      1_363_896_240,
      'AQIDBA==',
      null,
    ])
    expect(hex('9f018202039f0405ffff')).toEqual([1, [2, 3], [4, 5]])
    expect(hex('bf6346756ef563416d7421ff')).toEqual({ Fun: true, Amt: -2 })
    expect(hex('7f657374726561646d696e67ff')).toBe('streaming')
    expect(hex('c249010000000000000000')).toBe(2 ** 64)
  })

  it('marks times, in lists too', () => {
    expect(encodeCbor({ Timestamps: [1, 2] }, new Set(['Timestamps'])).toString('hex')).toBe(
      'a16a54696d657374616d707382c101c102',
    )
  })

  it('leaves out the members that are not there', () => {
    expect(decodeCbor(encodeCbor({ A: undefined, B: null }, new Set()))).toEqual({ B: null })
  })

  it('reads what the SDK writes: its times and its blobs', () => {
    const written = cbor.serialize({ At: dateToTag(new Date(1_500)), Blob: Buffer.from('abc') })
    expect(decodeCbor(Buffer.from(written))).toEqual({ At: 1.5, Blob: 'YWJj' })
  })

  it('refuses what ends too early, counts more than there is, or nests without an end', () => {
    for (const text of ['', '63ab', '83', '1b00', '9f', '9a7fffffff', '81'.repeat(100_000)])
      expect(() => hex(text)).toThrow()
  })
})
