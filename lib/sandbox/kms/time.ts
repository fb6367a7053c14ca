import type { Key, KeyStore, RegionState, World } from '../world'
import { DueQueue } from './due-queue'
import { familyOf, removeKey } from './place'
import { rotate } from './rotate'
import { looked, mustLook } from './schedule'
import { noteServiceEvent } from './service-events'
import { settleStore } from './store-state'

const day = 86_400_000

type Due = { at: number; state: RegionState } & ({ key: Key } | { store: KeyStore })

/**
 * Lets everything happen that is due by `now` (epoch ms, the sandbox's clock), in order of time:
 * rotations, deletions, expiries, passing states. Costs next to nothing while nothing is due.
 */
export function settle(world: World, now: number): void {
  if (!mustLook(world, now)) return
  const { due: queue, next } = look(world, now)
  if (queue.size === 0) return looked(world, now, next)
  for (let due = queue.take(); due; due = queue.take()) {
    if ('store' in due) settleStore(due.state, due.store, due.at)
    else
      for (const again of settleKey(world, due.state, due.key, due.at))
        if (again.at <= now) queue.add(again)
  }
  looked(world, now, look(world, -Infinity).next)
}

/** What is due by `now`, and when the first of the rest will be. */
function look(world: World, now: number): { due: DueQueue<Due>; next: number } {
  const due = new DueQueue<Due>()
  let next = Infinity
  for (const account of world.accounts.values()) {
    for (const state of account.regions.values()) {
      for (const key of state.keys.values()) {
        const at = dueOf(key)
        if (at <= now) due.add({ at, state, key })
        else if (at < next) next = at
      }
      for (const store of state.keyStores.values()) {
        const at = store.settles?.at ?? Infinity
        if (at <= now) due.add({ at, state, store })
        else if (at < next) next = at
      }
    }
  }
  return { due, next }
}

/** When the next thing happens to a key by itself; Infinity when nothing will. */
function dueOf(key: Key): number {
  let at = key.settles?.at ?? Infinity
  if (key.state === 'PendingDeletion' && key.deletionAt !== null) at = Math.min(at, key.deletionAt)
  if (key.multiRegion?.type !== 'REPLICA') {
    if (rotates(key) && key.rotation) at = Math.min(at, key.rotation.nextAt)
    if (key.onDemand) at = Math.min(at, key.onDemand.endsAt)
  }
  for (const material of key.materials) {
    if (material.importState === 'IMPORTED' && material.validTo !== null)
      at = Math.min(at, material.validTo)
  }
  return at
}

/**
 * A disabled key or one pending deletion is not rotated; it catches up when enabled (aws-facts
 * 2.4).
 */
const rotates = (key: Key) =>
  key.rotation?.enabled === true && (key.state === 'Enabled' || key.state === 'Updating')

/** Does what is due by `at`, and names what may now be due. */
function settleKey(world: World, state: RegionState, key: Key, at: number): Due[] {
  if (key.settles && key.settles.at <= at) {
    key.state = key.settles.state
    key.settles = null
  }
  if (key.state === 'PendingDeletion' && key.deletionAt !== null && key.deletionAt <= at)
    return deleteKey(world, state, key, at)
  expireMaterials(world, key, at)
  if (key.multiRegion?.type !== 'REPLICA') rotateIfDue(world, key, at)
  return [{ at: dueOf(key), state, key }]
}

function rotateIfDue(world: World, key: Key, at: number) {
  if (key.onDemand && key.onDemand.endsAt <= at) {
    for (const member of familyOf(world, key)) member.onDemand = null
    rotate(world, key, at, 'ON_DEMAND')
  }
  if (!rotates(key) || !key.rotation || key.rotation.nextAt > at) return
  rotate(world, key, at, 'AUTOMATIC')
  const nextAt = key.rotation.nextAt + Math.max(1, key.rotation.periodDays) * day
  for (const member of familyOf(world, key)) if (member.rotation) member.rotation.nextAt = nextAt
}

/**
 * Takes the key's aliases and grants with it; the last replica's end starts the clock of a
 * waiting primary (aws-facts 3).
 */
function deleteKey(world: World, state: RegionState, key: Key, at: number): Due[] {
  removeKey(state, key)
  for (const alias of [...state.aliases.values()])
    if (alias.targetKeyId === key.keyId) state.aliases.delete(alias.name)
  noteServiceEvent(world, key, 'DeleteKey', at)
  if (!key.multiRegion) return []
  const [primary, ...others] = familyOf(world, key)
  if (!primary || others.length > 0 || primary.state !== 'PendingReplicaDeletion') return []
  primary.state = 'PendingDeletion'
  primary.deletionAt = at + (primary.pendingWindowDays ?? 30) * day
  const home = world.accounts.get(primary.accountId)?.regions.get(primary.region)
  return home ? [{ at: primary.deletionAt, state: home, key: primary }] : []
}

/**
 * Expired material is deleted; one permanent material gone makes the key
 * PendingImport (aws-facts 2.5).
 */
function expireMaterials(world: World, key: Key, at: number) {
  for (const material of key.materials) {
    if (material.importState !== 'IMPORTED' || material.validTo === null || material.validTo > at)
      continue
    const permanent = material.state === 'CURRENT' || material.state === 'NON_CURRENT'
    Object.assign(material, {
      secret: null,
      importState: 'PENDING_IMPORT',
      validTo: null,
      expirationModel: null,
    })
    if (
      permanent &&
      (key.state === 'Enabled' || key.state === 'Disabled' || key.state === 'Updating')
    )
      key.state = 'PendingImport'
    noteServiceEvent(world, key, 'DeleteExpiredKeyMaterial', at, {
      keyId: key.keyId,
      keyMaterialId: material.id,
    })
  }
}
