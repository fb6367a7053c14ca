import type { Call, Input } from '../call'
import type { Key } from '../world'

/** Only these have a quota row by the kind of key. */
const byKind = new Set(['Encrypt', 'Decrypt', 'ReEncrypt', 'Sign', 'Verify'])

/**
 * The spec of the key a call names, where its quota row hangs on it; null otherwise and for a
 * ciphertext without a name.
 */
export function keySpecOf(call: Call, input: Input): string | null {
  return byKind.has(call.operation) ? (findTarget(call, input)?.keySpec ?? null) : null
}

/** The custom key store behind the key a call names. */
export function storeOf(call: Call, input: Input): string | null {
  const stores = call.world.accounts.get(call.caller.accountId)?.regions.get(call.region)?.keyStores
  return stores && stores.size > 0 ? (findTarget(call, input)?.customKeyStoreId ?? null) : null
}

/** By key id, key ARN, alias name or alias ARN; null when there is none. */
function findTarget(call: Call, input: Input): Key | null {
  const name = input.KeyId ?? input.DestinationKeyId
  if (typeof name !== 'string') return null
  const [, , , , accountId = call.caller.accountId, path = name] = name.startsWith('arn:')
    ? splitArn(name)
    : []
  const state = call.world.accounts.get(accountId)?.regions.get(call.region)
  const id = path.startsWith('alias/')
    ? state?.aliases.get(path)?.targetKeyId
    : path.replace(/^key\//, '')
  return (id && state?.keys.get(id)) || null
}

function splitArn(arn: string): string[] {
  const parts = arn.split(':')
  return [...parts.slice(0, 5), parts.slice(5).join(':')]
}
