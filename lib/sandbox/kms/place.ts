import type { Call } from '../call'
import { placeOf } from '../accounts'
import type { Key, RegionState, World } from '../world'

/** Epoch ms to the JSON wire's epoch seconds. */
export const seconds = (ms: number) => ms / 1000

export const ownRegion = (call: Call): RegionState => placeOf(call).state

export const regionState = (
  world: World,
  accountId: string,
  region: string,
): RegionState | undefined => world.accounts.get(accountId)?.regions.get(region)

export const keyArn = (region: string, accountId: string, keyId: string) =>
  `arn:aws:kms:${region}:${accountId}:key/${keyId}`
export const aliasArn = (region: string, accountId: string, name: string) =>
  `arn:aws:kms:${region}:${accountId}:${name}`

/** Every key of a multi-Region set, the primary first; a single-Region key alone. */
export function familyOf(world: World, key: Key): Key[] {
  if (!key.multiRegion) return [key]
  const family: Key[] = []
  for (const state of world.accounts.get(key.accountId)?.regions.values() ?? []) {
    const member = state.keys.get(key.keyId)
    if (member?.multiRegion) family.push(member)
  }
  return family.sort(
    (a, b) => Number(b.multiRegion?.type === 'PRIMARY') - Number(a.multiRegion?.type === 'PRIMARY'),
  )
}

export const primaryOf = (world: World, key: Key): Key => familyOf(world, key)[0] ?? key

/** Sorted ids of a Region, remade when keys came or went unseen. */
const sortedIds = new WeakMap<Map<string, Key>, { size: number; keys: Key[] }>()

/** The Region's customer and AWS managed keys in order of key id, without sorting at every page. */
export function listKeysSorted(state: RegionState): Key[] {
  const known = sortedIds.get(state.keys)
  if (known && known.size === state.keys.size) return known.keys
  const keys = [...state.keys.values()].sort((a, b) => (a.keyId < b.keyId ? -1 : 1))
  sortedIds.set(state.keys, { size: keys.length, keys })
  return keys
}

export function addKey(state: RegionState, key: Key) {
  const known = sortedIds.get(state.keys)
  const current = known?.size === state.keys.size && !state.keys.has(key.keyId) ? known : null
  state.keys.set(key.keyId, key)
  if (!current) return void sortedIds.delete(state.keys)
  current.keys.splice(findPlace(current.keys, key.keyId), 0, key)
  current.size += 1
}

/** Index of the first key not before this id. */
function findPlace(keys: Key[], keyId: string): number {
  let [low, high] = [0, keys.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle]?.keyId ?? '') < keyId) low = middle + 1
    else high = middle
  }
  return low
}

export function removeKey(state: RegionState, key: Key) {
  state.keys.delete(key.keyId)
  sortedIds.delete(state.keys)
}
