import { createHash } from 'node:crypto'
import type { Bucket, StoredObject } from '../world'

const sorted = new WeakMap<Map<string, StoredObject>, string[]>()

/** A bucket's keys in order, without sorting at every page. */
export function listKeys(bucket: Bucket): string[] {
  const known = sorted.get(bucket.objects)
  if (known) return known
  const keys = [...bucket.objects.keys()].sort()
  sorted.set(bucket.objects, keys)
  return keys
}

export function storeObject(bucket: Bucket, key: string, object: StoredObject): void {
  const keys = sorted.get(bucket.objects)
  // What comes last of all, as a trail's files do in their folder's bucket, needs no new order.
  const last = keys?.at(-1)
  if (keys && !bucket.objects.has(key)) {
    if (last === undefined || last < key) keys.push(key)
    else sorted.delete(bucket.objects)
  }
  bucket.objects.set(key, object)
}

export function removeObject(bucket: Bucket, key: string): void {
  bucket.objects.delete(key)
  sorted.delete(bucket.objects)
}

/** The index of the first key that is not before this text. */
export function findPlace(keys: string[], text: string): number {
  let [low, high] = [0, keys.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle] ?? '') < text) low = middle + 1
    else high = middle
  }
  return low
}

/** An entity tag is the MD5 of the bytes only where S3 keeps the key: under SSE-S3. */
export function makeEtag(body: Uint8Array, sealed: StoredObject['sealed']): string {
  const hash = createHash('md5').update(body)
  return `"${(sealed ? hash.update(sealed.keyArn) : hash).digest('hex')}"`
}
