import { AwsError, type Call, type Json } from './call'

export type PageOptions<Item> = {
  /** As the caller sent it; absent: `default`. */
  limit: Json | undefined
  default: number
  max: number
  /** As the caller sent it (`Marker` or `NextToken`). */
  marker: Json | undefined
  /** What orders the items, unique among them. */
  key: (item: Item) => string
  /**
   * Items are an array already in the order of their keys, so that a page of
   * 100,000 is found by bisection.
   */
  inOrder?: boolean
  /** The member's name in the validation message; `limit` unless said. */
  limitName?: string
  /** The error of a bad marker; `InvalidMarkerException` unless said. */
  invalidMarker?: string
  /** The error of a limit out of bounds; `ValidationException` unless said. */
  invalidLimit?: string
}

export type Page<Item> = { items: Item[]; truncated: boolean; next: string | undefined }

/**
 * One page of `items` in the order of their keys. The marker holds the last key given, not an
 * offset: items may come and go between pages without another being skipped or repeated. Under the
 * fault `shortPage` a page holds fewer than it could. Throws ValidationException for a limit out of
 * bounds, and InvalidMarkerException.
 */
export function page<Item>(
  call: Call,
  items: Iterable<Item>,
  options: PageOptions<Item>,
): Page<Item> {
  const limit = checkLimit(options)
  const after = readMarker(call, options)
  const found =
    options.inOrder && Array.isArray(items)
      ? sliceAfter<Item>(items, options.key, after, limit + 1)
      : smallestAfter(items, options.key, after, limit + 1)
  const size =
    call.shortPage && found.length > 1
      ? Math.max(1, Math.floor(Math.min(limit, found.length - 1) / 2))
      : limit
  const chosen = found.slice(0, size)
  const last = chosen.at(-1)
  if (found.length <= chosen.length || !last)
    return { items: chosen, truncated: false, next: undefined }
  return { items: chosen, truncated: true, next: writeMarker(call, options.key(last)) }
}

function checkLimit(options: PageOptions<never> | PageOptions<unknown>): number {
  const { limit, max } = options
  if (limit === undefined || limit === null) return options.default
  if (typeof limit !== 'number' || !Number.isInteger(limit))
    throw new AwsError('SerializationException', '')
  const rule =
    limit < 1 ? 'greater than or equal to 1' : limit > max ? `less than or equal to ${max}` : null
  if (rule === null) return limit
  const name = options.limitName ?? 'limit'
  const text =
    `1 validation error detected: Value '${limit}' at '${name}' failed to satisfy ` +
    `constraint: Member must have value ${rule}`
  throw new AwsError(options.invalidLimit ?? 'ValidationException', text)
}

function sliceAfter<Item>(
  items: Item[],
  key: (item: Item) => string,
  after: string | null,
  count: number,
): Item[] {
  let [low, high] = [0, after === null ? 0 : items.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const item = items[middle]
    if (item !== undefined && key(item) <= (after ?? '')) low = middle + 1
    else high = middle
  }
  return items.slice(low, low + count)
}

/**
 * The `count` smallest keys above `after`, in order, without sorting all of
 * what may be 100,000 items.
 */
function smallestAfter<Item>(
  items: Iterable<Item>,
  key: (item: Item) => string,
  after: string | null,
  count: number,
): Item[] {
  let kept: { key: string; item: Item }[] = []
  let ceiling: string | null = null
  const order = (a: { key: string }, b: { key: string }) =>
    a.key < b.key ? -1 : a.key > b.key ? 1 : 0
  for (const item of items) {
    const own = key(item)
    if ((after !== null && own <= after) || (ceiling !== null && own >= ceiling)) continue
    kept.push({ key: own, item })
    if (kept.length < count * 2 + 16) continue
    kept = kept.sort(order).slice(0, count)
    ceiling = kept.at(-1)?.key ?? null
  }
  return kept
    .sort(order)
    .slice(0, count)
    .map((entry) => entry.item)
}

function writeMarker(call: Call, key: string): string {
  return Buffer.from(
    JSON.stringify([call.operation, call.caller.accountId, call.region, key]),
  ).toString('base64url')
}

function readMarker(
  call: Call,
  options: { marker: Json | undefined; invalidMarker?: string },
): string | null {
  const { marker } = options
  if (marker === undefined || marker === null) return null
  const parts =
    typeof marker === 'string' ? parse(Buffer.from(marker, 'base64url').toString()) : null
  const [operation, accountId, region, key] = Array.isArray(parts) ? parts : []
  const fits =
    operation === call.operation && accountId === call.caller.accountId && region === call.region
  if (fits && typeof key === 'string') return key
  throw new AwsError(
    options.invalidMarker ?? 'InvalidMarkerException',
    'Could not deserialize marker',
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
