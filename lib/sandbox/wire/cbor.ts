import type { Input, Json } from '../call'

/**
 * CBOR (RFC 8949) as far as AWS's RPC v2 uses it. Blobs become base64 text and times
 * numbers, as on the JSON wire.
 */
export function decodeCbor(body: Buffer): Json {
  const reader = new Reader(body)
  return reader.read()
}

class Reader {
  private at = 0
  constructor(private readonly body: Buffer) {}

  read(): Json {
    const head = this.body.readUInt8(this.at++)
    const [major, info] = [head >> 5, head & 31]
    if (major === 7) return this.simple(info)
    const length = info === 31 ? Infinity : this.argument(info)
    switch (major) {
      case 0:
        return length
      case 1:
        return -1 - length
      case 2:
        return this.bytes(length).toString('base64')
      case 3:
        return this.bytes(length).toString('utf8')
      case 4:
        return this.list(length)
      case 5:
        return this.map(length)
      default:
        return this.read()
    }
  }

  private argument(info: number): number {
    if (info < 24) return info
    const size = 2 ** (info - 24)
    this.at += size
    if (size === 8) return Number(this.body.readBigUInt64BE(this.at - 8))
    return this.body.readUIntBE(this.at - size, size)
  }

  private bytes(length: number): Buffer {
    if (length !== Infinity) {
      this.at += length
      if (this.at > this.body.length) throw new RangeError('CBOR ends too early')
      return this.body.subarray(this.at - length, this.at)
    }
    const parts: Buffer[] = []
    while (!this.ended()) parts.push(this.bytes(this.argument(this.body.readUInt8(this.at++) & 31)))
    return Buffer.concat(parts)
  }

  private list(length: number): Json[] {
    const items: Json[] = []
    while (length === Infinity ? !this.ended() : items.length < length) items.push(this.read())
    return items
  }

  private map(length: number): Input {
    const entries: [string, Json][] = []
    while (length === Infinity ? !this.ended() : entries.length < length)
      entries.push([String(this.read()), this.read()])
    return Object.fromEntries(entries)
  }

  private ended(): boolean {
    if (this.body.readUInt8(this.at) !== 0xff) return false
    this.at += 1
    return true
  }

  private simple(info: number): Json {
    if (info === 20 || info === 21) return info === 21
    if (info === 22 || info === 23) return null
    const size = 2 ** (info - 24)
    this.at += size
    if (info === 25) return half(this.body.readUInt16BE(this.at - 2))
    if (info === 26) return this.body.readFloatBE(this.at - 4)
    if (info === 27) return this.body.readDoubleBE(this.at - 8)
    throw new RangeError('CBOR of an unknown kind')
  }
}

function half(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (exponent === 0) return sign * fraction * 2 ** -24
  return exponent === 31
    ? fraction
      ? NaN
      : sign * Infinity
    : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** `times`: members whose numbers are epoch seconds, which CBOR marks as such. */
export function encodeCbor(value: Json, times: ReadonlySet<string>): Buffer {
  const parts: Buffer[] = []
  write(value, parts, times, false)
  return Buffer.concat(parts)
}

function write(value: Json, parts: Buffer[], times: ReadonlySet<string>, isTime: boolean): void {
  if (value === null) parts.push(Buffer.from([0xf6]))
  else if (typeof value === 'boolean') parts.push(Buffer.from([value ? 0xf5 : 0xf4]))
  else if (typeof value === 'number') writeNumber(value, parts, isTime)
  else if (typeof value === 'string')
    parts.push(head(3, Buffer.byteLength(value)), Buffer.from(value))
  else if (Array.isArray(value)) {
    parts.push(head(4, value.length))
    for (const item of value) write(item, parts, times, isTime)
  } else writeMap(value, parts, times)
}

function writeMap(value: Input, parts: Buffer[], times: ReadonlySet<string>): void {
  const entries = Object.entries(value).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined,
  )
  parts.push(head(5, entries.length))
  for (const [name, member] of entries) {
    parts.push(head(3, Buffer.byteLength(name)), Buffer.from(name))
    write(member, parts, times, times.has(name))
  }
}

function writeNumber(value: number, parts: Buffer[], isTime: boolean): void {
  if (isTime) parts.push(Buffer.from([0xc1]))
  if (Number.isInteger(value) && Math.abs(value) <= 0xffff_ffff) {
    parts.push(value < 0 ? head(1, -1 - value) : head(0, value))
    return
  }
  const double = Buffer.alloc(9, 0xfb)
  double.writeDoubleBE(value, 1)
  parts.push(double)
}

function head(major: number, argument: number): Buffer {
  if (argument < 24) return Buffer.from([(major << 5) | argument])
  const size = argument <= 0xff ? 1 : argument <= 0xffff ? 2 : 4
  const bytes = Buffer.alloc(1 + size)
  bytes.writeUInt8((major << 5) | (size === 1 ? 24 : size === 2 ? 25 : 26))
  bytes.writeUIntBE(argument, 1, size)
  return bytes
}
