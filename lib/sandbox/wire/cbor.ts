import { cbor, tag, tagSymbol } from '@smithy/core/cbor'
import type { Input, Json } from '../call'

/** The tag of RFC 8949 for seconds since 1970. */
const epochSeconds = 1

/**
 * Returns a body of RPC v2 as the JSON wire would have it: blobs as base64 text, times as seconds
 * since 1970.
 * @throws Error when the bytes are no CBOR
 */
export function decodeCbor(body: Buffer): Json {
  return toJson(cbor.deserialize(body))
}

/**
 * Returns `value` in CBOR. `times`: members whose numbers are seconds since 1970, which CBOR marks
 * as such.
 */
export function encodeCbor(value: Json, times: ReadonlySet<string>): Buffer {
  return Buffer.from(cbor.serialize(markTimes(value, times, false)))
}

function toJson(value: unknown): Json {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value !== 'object' || value === null) return null
  if (isTag(value)) return toJson(value.value)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJson(member)]))
}

/** A map of the sender's has no symbols: by this one the library tells its tags from it. */
const isTag = (value: object): value is ReturnType<typeof tag> => tagSymbol in value

function markTimes(value: Json, times: ReadonlySet<string>, isTime: boolean): unknown {
  if (typeof value === 'number') return isTime ? tag({ tag: epochSeconds, value }) : value
  if (Array.isArray(value)) return value.map((item) => markTimes(item, times, isTime))
  return value !== null && typeof value === 'object' ? markMembers(value, times) : value
}

/** Without the members that are not there, which the library refuses to write. */
function markMembers(value: Input, times: ReadonlySet<string>): Record<string, unknown> {
  const there = Object.entries(value).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined,
  )
  return Object.fromEntries(
    there.map(([name, member]) => [name, markTimes(member, times, times.has(name))]),
  )
}
