import type { Input, Json } from '../call'

/** Never in a record: plaintext, ciphertext, MACs, secrets, grant tokens (aws-facts 7.1). */
const hidden = new Set([
  'Plaintext',
  'CiphertextBlob',
  'Message',
  'Mac',
  'Signature',
  'PublicKey',
  'SharedSecretCiphertextBlob',
  'EncryptedKeyMaterial',
  'ImportToken',
  'GrantToken',
  'GrantTokens',
  'KeyStorePassword',
  'RawSecretAccessKey',
  'Recipient',
])
/** Their members are data with names of its own. */
const maps = new Set([
  'EncryptionContext',
  'SourceEncryptionContext',
  'DestinationEncryptionContext',
  'EncryptionContextSubset',
  'EncryptionContextEquals',
])

const maxBytes = 100_000

/**
 * requestParameters from the input: camelCase, without what CloudTrail hides; null when nothing is
 * left, absent above 100 KB.
 */
export function derivedParameters(input: Input): Record<string, unknown> | null | undefined {
  const shown = camelCased(input)
  if (Object.keys(shown).length === 0) return null
  return JSON.stringify(shown).length > maxBytes ? undefined : shown
}

function camelCased(input: Input): Record<string, unknown> {
  const shown: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || hidden.has(name)) continue
    shown[name.charAt(0).toLowerCase() + name.slice(1)] = maps.has(name) ? value : inner(value)
  }
  return shown
}

function inner(value: Json): unknown {
  if (Array.isArray(value)) return value.map(inner)
  return value !== null && typeof value === 'object' ? camelCased(value) : value
}
