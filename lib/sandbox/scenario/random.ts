/**
 * Everything made up hangs on the seed and a name, never on order: adding a key to the demo changes
 * no other key's id. Cheap on purpose (scale makes 100,000 keys); nothing here is a secret.
 */
export type Random = {
  /** In [0, 1). */
  next: () => number
  int: (below: number) => number
  hex: (length: number) => string
}

/** sfc32 over 96 bits of hash: with 32 bits, two of 100,000 keys would likely be the same. */
export function randomFor(seed: number, name: string): Random {
  let a = hashText(`${seed}:${name}`)
  let b = hashText(`${name}|${seed}`)
  let c = hashText(`${seed ^ 0x5bd1e995}/${name}`)
  let counter = 1
  const draw = (): number => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + t) | 0
    return t >>> 0
  }
  for (let i = 0; i < 12; i += 1) draw()
  const next = (): number => draw() / 4294967296
  const hex = (length: number): string => {
    let text = ''
    while (text.length < length) text += draw().toString(16).padStart(8, '0')
    return text.slice(0, length)
  }
  return { next, int: (below) => Math.floor(next() * below), hex }
}

/** FNV-1a with a final mix (murmur3), 32 bits. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

export function makeUuid(seed: number, name: string): string {
  const h = randomFor(seed, name).hex(32)
  const variant = '89ab'.charAt(parseInt(h.charAt(16), 16) % 4)
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20)}`
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** AROA…, AIDA…, AKIA…: prefix and 17 characters. */
export function makeUniqueId(seed: number, prefix: string, name: string): string {
  const random = randomFor(seed, `${prefix}/${name}`)
  return prefix + Array.from({ length: 17 }, () => BASE32.charAt(random.int(32))).join('')
}
