/** An address range as bytes: 4 for IPv4, 16 for IPv6. */
export interface IpRange {
  bytes: readonly number[]
  prefix: number
}

/** `203.0.113.0/24`, `2001:db8::/32`, or a single address. null for anything else. */
export function parseIpRange(text: string): IpRange | null {
  const slash = text.indexOf('/')
  const bytes = parseIp(slash < 0 ? text : text.slice(0, slash))
  if (!bytes) return null
  if (slash < 0) return { bytes, prefix: bytes.length * 8 }
  const digits = text.slice(slash + 1)
  if (!/^\d{1,3}$/.test(digits) || Number(digits) > bytes.length * 8) return null
  return { bytes, prefix: Number(digits) }
}

function parseIp(text: string): number[] | null {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

function parseIpv4(text: string): number[] | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  const bytes = parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256))
  return bytes.every((byte) => byte < 256) ? bytes : null
}

function parseIpv6(text: string): number[] | null {
  if (text.length > 45) return null
  const halves = text.split('::')
  if (halves.length > 2) return null
  const head = parseGroups(halves[0] ?? '')
  const tail = parseGroups(halves[1] ?? '')
  if (!head || !tail) return null
  const missing = 16 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 2) return null
  return [...head, ...new Array<number>(missing).fill(0), ...tail]
}

function parseGroups(text: string): number[] | null {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    if (index === groups.length - 1 && group.includes('.')) {
      const v4 = parseIpv4(group)
      if (!v4) return null
      bytes.push(...v4)
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return null
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 255)
    }
  }
  return bytes
}

/** Whether all of `inner` lies in `outer`. IPv4 and IPv6 never contain each other. */
export function containsIp(outer: IpRange, inner: IpRange): boolean {
  if (outer.bytes.length !== inner.bytes.length || inner.prefix < outer.prefix) return false
  for (let bit = 0; bit < outer.prefix; bit += 8) {
    const mask = outer.prefix - bit >= 8 ? 255 : (255 << (8 - (outer.prefix - bit))) & 255
    if (((outer.bytes[bit >> 3] ?? 0) & mask) !== ((inner.bytes[bit >> 3] ?? 0) & mask))
      return false
  }
  return true
}
