import type { KeyStore, RegionState } from '../world'

/**
 * Ends a store's passing state: CONNECTING becomes CONNECTED (or FAILED),
 * DISCONNECTING becomes DISCONNECTED.
 */
export function settleStore(state: RegionState, store: KeyStore, at: number) {
  if (!store.settles || store.settles.at > at) return
  store.connectionState = store.settles.connectionState
  store.settles = null
  if (store.connectionState === 'CONNECTED') wakeKeys(state, store)
}

/** Keys of a connected store are what they were before; one pending deletion stays so. */
function wakeKeys(state: RegionState, store: KeyStore) {
  for (const key of state.keys.values()) {
    if (key.customKeyStoreId !== store.id || key.state !== 'Unavailable') continue
    key.state = key.settles?.state ?? 'Enabled'
    key.settles = null
  }
}

/** Keys of a disconnected store become Unavailable and remember what to become again. */
export function sendKeysToSleep(state: RegionState, store: KeyStore) {
  for (const key of state.keys.values()) {
    if (key.customKeyStoreId !== store.id || (key.state !== 'Enabled' && key.state !== 'Disabled'))
      continue
    key.settles = { state: key.state, at: Infinity }
    key.state = 'Unavailable'
  }
}
