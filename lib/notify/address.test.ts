import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPublicAddress } from './address'

// Said a second time and in another way (integers) on purpose: the list in
// address.ts is held against it.
const special: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['168.63.129.16', 32],
]
const toNumber = (ip: string) => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
const toIp = (n: number) =>
  [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join('.')
const isSpecial = (n: number) =>
  special.some(
    ([base, bits]) =>
      Math.floor(n / 2 ** (32 - bits)) === Math.floor(toNumber(base) / 2 ** (32 - bits)),
  )

const inSpecial = fc
  .constantFrom(...special)
  .chain(([base, bits]) => fc.nat(2 ** (32 - bits) - 1).map((offset) => toNumber(base) + offset))
const edges = special
  .flatMap(([base, bits]) => [
    toNumber(base) - 1,
    toNumber(base),
    toNumber(base) + 2 ** (32 - bits) - 1,
    toNumber(base) + 2 ** (32 - bits),
  ])
  .filter((n) => n >= 0 && n < 2 ** 32)
const anyIpv4 = fc.oneof(fc.nat(2 ** 32 - 1), inSpecial, fc.constantFrom(...edges))

const groups = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 })
/**
 * The same IPv6 address in its spellings: long, short, upper case,
 * compressed, with its end as IPv4.
 */
function spellings(words: readonly number[]): string[] {
  const long = words.map((w) => w.toString(16).padStart(4, '0')).join(':')
  const short = words.map((w) => w.toString(16)).join(':')
  const url = new URL(`http://[${short}]/`).hostname.slice(1, -1)
  const [high = 0, low = 0] = words.slice(6)
  const dotted = `${words
    .slice(0, 6)
    .map((w) => w.toString(16))
    .join(':')}:${toIp(high * 65_536 + low)}`
  return [long, short, long.toUpperCase(), url, dotted]
}
const expectRefused = (words: readonly number[]) => {
  for (const spelling of spellings(words)) expect(isPublicAddress(spelling), spelling).toBe(false)
}
/** Any address that begins with the bits of `prefix`. */
const below = (prefix: readonly number[], bits: number) =>
  groups.map((words) =>
    words.map((word, i) => {
      const kept = Math.min(16, Math.max(0, bits - i * 16))
      const mask = (0xffff << (16 - kept)) & 0xffff
      return ((prefix[i] ?? 0) & mask) | (word & ~mask & 0xffff)
    }),
  )

describe('a public address', () => {
  it('of IPv4 is what is in no special range, to the last address of each', () => {
    fc.assert(
      fc.property(anyIpv4, (n) => {
        expect(isPublicAddress(toIp(n)), toIp(n)).toBe(!isSpecial(n))
      }),
      { numRuns: 5_000 },
    )
  })

  it.each<[string, number[], number]>([
    ['loopback and unspecified', [], 127],
    ['IPv4-mapped', [0, 0, 0, 0, 0, 0xffff], 96],
    ['IPv4-compatible', [], 96],
    ['IPv4-translated', [0, 0, 0, 0, 0xffff], 96],
    ['NAT64', [0x64, 0xff9b], 96],
    ['local NAT64', [0x64, 0xff9b, 1], 48],
    ['discard', [0x100], 64],
    ['unique local', [0xfc00], 7],
    ['AWS metadata', [0xfd00, 0xec2], 32],
    ['link-local', [0xfe80], 10],
    ['site-local', [0xfec0], 10],
    ['multicast', [0xff00], 8],
    ['Teredo', [0x2001], 32],
    ['ORCHID', [0x2001, 0x20], 28],
    ['documentation', [0x2001, 0xdb8], 32],
    ['6to4', [0x2002], 16],
    ['new documentation', [0x3fff], 20],
    ['segment routing', [0x5f00], 16],
  ])('of IPv6 is never %s, however it is spelled', (_, prefix, bits) => {
    fc.assert(fc.property(below(prefix, bits), expectRefused))
  })

  it('never carries an IPv4 address inside, whichever', () => {
    fc.assert(
      fc.property(anyIpv4, (n) => {
        const [high, low] = [Math.floor(n / 65_536), n % 65_536]
        for (const before of [
          [0, 0, 0, 0, 0, 0xffff],
          [0x64, 0xff9b, 0, 0, 0, 0],
        ])
          expectRefused([...before, high, low])
        expectRefused([0x2002, high, low, 0, 0, 0, 0, 1])
      }),
    )
  })

  it('of IPv6 is any other in 2000::/3, in every spelling', () => {
    const ordinary = below([0x2000], 3).filter(
      ([a = 0, b = 0]) =>
        !(a === 0x2001 && (b < 0x200 || b === 0xdb8)) &&
        a !== 0x2002 &&
        !(a === 0x3fff && b < 0x1000),
    )
    fc.assert(
      fc.property(ordinary, (words) => {
        for (const spelling of spellings(words))
          expect(isPublicAddress(spelling), spelling).toBe(true)
      }),
    )
  })

  it.each([
    '',
    'localhost',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '017700000001',
    'fe80::1%eth0',
    '2606:4700::1%0',
    '[::1]',
    '1.1.1.1 ',
    '1.1.1.1\n',
  ])('is not %j', (text) => {
    expect(isPublicAddress(text)).toBe(false)
  })
})
