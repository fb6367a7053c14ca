import { randomBytes } from 'node:crypto'
import { AwsError, type Call, type Input } from '../call'
import type { KeyStore } from '../world'
import { page } from '../paging'
import { permit } from './access'
import {
  checkStoreInput,
  checkUpdatedVpc,
  readType,
  readXks,
  refuseTaken,
  xksMembers,
} from './key-store-input'
import { ownRegion, seconds } from './place'
import { readText } from './read-input'
import { schedule } from './schedule'
import { sendKeysToSleep } from './store-state'

/** Minutes at AWS, moments here. */
const connectingMs = 2000
const disconnectingMs = 1000

export function createCustomKeyStore(call: Call, input: Input): Input {
  const type = readType(input)
  checkStoreInput(input, type)
  permit(call)
  const state = ownRegion(call)
  const store: KeyStore = {
    id: `cks-${randomBytes(9).toString('hex').slice(0, 17)}`,
    name: readText(input, 'CustomKeyStoreName') ?? '',
    type,
    connectionState: 'DISCONNECTED',
    connectionErrorCode: null,
    settles: null,
    createdAt: call.now,
    cloudHsmClusterId: readText(input, 'CloudHsmClusterId') ?? null,
    trustAnchorCertificate: readText(input, 'TrustAnchorCertificate') ?? null,
    xks: type === 'EXTERNAL_KEY_STORE' ? readXks(input, null, call.caller.accountId) : null,
  }
  const twin = [...state.keyStores.values()].find(
    (other) => other.connectionState === 'DISCONNECTED' && isSame(other, store),
  )
  if (twin) return { CustomKeyStoreId: twin.id }
  refuseTaken(state, store)
  if (state.keyStores.size >= (state.quotaOverrides.get('L-F33DCFEB') ?? 10))
    throw new AwsError('LimitExceededException', '')
  state.keyStores.set(store.id, store)
  return { CustomKeyStoreId: store.id }
}

/**
 * Tells whether two stores are the same to CreateCustomKeyStore, which answers with a disconnected
 * twin.
 */
function isSame(a: KeyStore, b: KeyStore) {
  const facts = (store: KeyStore) =>
    JSON.stringify([
      store.name,
      store.type,
      store.cloudHsmClusterId,
      store.trustAnchorCertificate,
      store.xks,
    ])
  return facts(a) === facts(b)
}

export function describeCustomKeyStores(call: Call, input: Input): Input {
  const id = readText(input, 'CustomKeyStoreId')
  const name = readText(input, 'CustomKeyStoreName')
  if (id !== undefined && name !== undefined) {
    throw new AwsError(
      'ValidationException',
      'You can specify CustomKeyStoreId or CustomKeyStoreName, but not both.',
    )
  }
  permit(call)
  const all = [...ownRegion(call).keyStores.values()]
  const wanted = all.filter(
    (store) => (id === undefined || store.id === id) && (name === undefined || store.name === name),
  )
  if (wanted.length === 0 && (id !== undefined || name !== undefined))
    throw new AwsError('CustomKeyStoreNotFoundException', '')
  const stores = page(call, wanted, {
    limit: input.Limit,
    default: 100,
    max: 1000,
    marker: input.Marker,
    key: (store) => store.id,
  })
  return {
    CustomKeyStores: stores.items.map(describeStore),
    ...(stores.next === undefined ? {} : { NextMarker: stores.next }),
    Truncated: stores.truncated,
  }
}

function describeStore(store: KeyStore): Input {
  const { xks } = store
  return {
    CustomKeyStoreId: store.id,
    CustomKeyStoreName: store.name,
    ...(store.cloudHsmClusterId === null ? {} : { CloudHsmClusterId: store.cloudHsmClusterId }),
    ...(store.trustAnchorCertificate === null
      ? {}
      : { TrustAnchorCertificate: store.trustAnchorCertificate }),
    ConnectionState: store.connectionState,
    ...(store.connectionState === 'FAILED' && store.connectionErrorCode !== null
      ? { ConnectionErrorCode: store.connectionErrorCode }
      : {}),
    CreationDate: seconds(store.createdAt),
    CustomKeyStoreType: store.type,
    ...(xks
      ? {
          XksProxyConfiguration: {
            Connectivity: xks.connectivity,
            AccessKeyId: xks.accessKeyId,
            UriEndpoint: xks.uriEndpoint,
            UriPath: xks.uriPath,
            ...(xks.vpcEndpointServiceName === null
              ? {}
              : { VpcEndpointServiceName: xks.vpcEndpointServiceName }),
            ...(xks.vpcEndpointServiceOwner === null
              ? {}
              : { VpcEndpointServiceOwner: xks.vpcEndpointServiceOwner }),
          },
        }
      : {}),
  }
}

export function connectCustomKeyStore(call: Call, input: Input): Input {
  const store = permitStore(call, input)
  if (store.connectionState === 'CONNECTED' || store.connectionState === 'CONNECTING') return {}
  if (store.connectionState !== 'DISCONNECTED') throw invalidState()
  // A store told to fail (scenario, test) fails: its error code stands ready before the connection
  // is tried.
  const outcome = store.connectionErrorCode === null ? 'CONNECTED' : 'FAILED'
  pass(call, store, 'CONNECTING', outcome, connectingMs)
  return {}
}

export function disconnectCustomKeyStore(call: Call, input: Input): Input {
  const store = permitStore(call, input)
  if (store.connectionState === 'DISCONNECTING' || store.connectionState === 'DISCONNECTED')
    throw invalidState()
  sendKeysToSleep(ownRegion(call), store)
  store.connectionErrorCode = null
  pass(call, store, 'DISCONNECTING', 'DISCONNECTED', disconnectingMs)
  return {}
}

function pass(
  call: Call,
  store: KeyStore,
  now: KeyStore['connectionState'],
  then: KeyStore['connectionState'],
  durationMs: number,
) {
  store.connectionState = now
  store.settles = { connectionState: then, at: call.now + durationMs }
  schedule(call.world, call.now + durationMs)
}

/**
 * Updates a store. A connected one takes a new name, and an external one a new credential or path;
 * the rest needs it disconnected.
 */
export function updateCustomKeyStore(call: Call, input: Input): Input {
  const store = permitStore(call, input)
  const foreign =
    store.type === 'AWS_CLOUDHSM' ? xksMembers : ['CloudHsmClusterId', 'KeyStorePassword']
  const wrong = foreign.find((member) => input[member] !== undefined)
  if (wrong !== undefined)
    throw new AwsError(
      'ValidationException',
      `${wrong} is not valid for a custom key store of type ${store.type}.`,
    )
  const free = [
    'CustomKeyStoreId',
    'NewCustomKeyStoreName',
    'XksProxyAuthenticationCredential',
    'XksProxyUriPath',
  ]
  const bound = Object.keys(input).some(
    (member) => input[member] !== undefined && !free.includes(member),
  )
  if (bound && store.connectionState !== 'DISCONNECTED') throw invalidState()
  if (store.connectionState !== 'DISCONNECTED' && store.connectionState !== 'CONNECTED')
    throw invalidState()
  const name = readText(input, 'NewCustomKeyStoreName') ?? store.name
  const cloudHsmClusterId = readText(input, 'CloudHsmClusterId') ?? store.cloudHsmClusterId
  const xks = store.xks && readXks(input, store.xks, call.caller.accountId)
  if (xks) checkUpdatedVpc(input, xks.connectivity, xks.vpcEndpointServiceName)
  refuseTaken(ownRegion(call), { id: store.id, name, cloudHsmClusterId, xks })
  Object.assign(store, { name, cloudHsmClusterId, xks })
  return {}
}

export function deleteCustomKeyStore(call: Call, input: Input): Input {
  const store = permitStore(call, input)
  const state = ownRegion(call)
  for (const key of state.keys.values())
    if (key.customKeyStoreId === store.id) throw new AwsError('CustomKeyStoreHasCMKsException', '')
  if (store.connectionState !== 'DISCONNECTED') throw invalidState()
  state.keyStores.delete(store.id)
  return {}
}

function permitStore(call: Call, input: Input): KeyStore {
  permit(call)
  const store = ownRegion(call).keyStores.get(readText(input, 'CustomKeyStoreId') ?? '')
  if (!store) throw new AwsError('CustomKeyStoreNotFoundException', '')
  call.trail.additionalEventData = {
    customKeyStoreName: store.name,
    ...(store.cloudHsmClusterId === null ? {} : { clusterId: store.cloudHsmClusterId }),
  }
  return store
}

const invalidState = () => new AwsError('CustomKeyStoreInvalidStateException', '')
