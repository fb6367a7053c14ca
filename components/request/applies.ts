/**
 * Which kinds of change make sense for a key, as the inventory knows it. To offer the right ones
 * first: AWS is asked in any case.
 */
import { automaticRotationApplies, onDemandRotationApplies } from '@/lib/inventory/applies'
import type { KeyRow } from '@/lib/inventory/key-detail'
import { formKinds, type FormKind, type FormKindName } from './kinds'

export type AskableKey = Pick<
  KeyRow,
  | 'keySpec'
  | 'keyUsage'
  | 'origin'
  | 'keyManager'
  | 'keyState'
  | 'scope'
  | 'rotation'
  | 'aliases'
  | 'aliasesAt'
  | 'tags'
  | 'problems'
  | 'goneAt'
>

const isPending = (state: string | null) =>
  state === 'PendingDeletion' || state === 'PendingReplicaDeletion'
const no = (applies: { applies: string; why?: string }) =>
  applies.applies === 'no' ? (applies.why ?? 'It does not apply to this key.') : null

/** Why this cannot be asked for; null: it can, or what we know does not say. */
export function whyNot(kind: FormKindName, key: AskableKey): string | null {
  if (key.goneAt) return 'The key is no longer there, as far as the last listings say.'
  if (key.keyManager === 'AWS') return 'AWS manages this key: nobody else changes it.'
  if (isPending(key.keyState))
    return kind === 'deletion-cancel' || kind === 'grant-revoke'
      ? null
      : 'The key waits to be deleted. Cancel that first.'
  return ownReason(kind, key)
}

function ownReason(kind: FormKindName, key: AskableKey): string | null {
  switch (kind) {
    case 'deletion-cancel':
      return key.keyState === null ? null : `The key is ${key.keyState}: no deletion is scheduled.`
    case 'key-enable':
      return key.keyState === 'Enabled' ? 'The key is enabled.' : null
    case 'key-disable':
      return key.keyState === 'Disabled' ? 'The key is disabled already.' : null
    case 'rotation-enable':
      return no(automaticRotationApplies(key))
    case 'rotation-disable':
      return (
        no(automaticRotationApplies(key)) ??
        (key.rotation === 'off' ? 'The key is not rotated automatically.' : null)
      )
    case 'rotate-now':
      return no(onDemandRotationApplies(key))
    case 'replicate':
    case 'primary-update':
      return whyNoMultiRegion(kind, key.scope)
    case 'alias-delete':
      return key.aliasesAt !== null && key.aliases.length === 0 ? 'The key has no alias.' : null
    case 'untag':
      return key.tags && Object.keys(key.tags).length === 0 ? 'The key has no tags.' : null
    default:
      return null
  }
}

function whyNoMultiRegion(
  kind: 'replicate' | 'primary-update',
  scope: string | null,
): string | null {
  if (scope === 'single') return 'This is a single-Region key, which stays one.'
  return scope === 'replica'
    ? 'This is a replica: ' +
        `${kind === 'replicate' ? 'a further one is made' : 'the primary key is moved'} at the ` +
        'primary key of its set.'
    : null
}

/** What the menu of a key offers; the three that name a grant are asked for at the grant. */
export const kindsFor = (key: AskableKey): readonly (FormKind & { why: string | null })[] =>
  formKinds
    .filter(
      ({ name, about }) =>
        about === 'key' && !['grant-revoke', 'grant-retire', 'grant-adopt'].includes(name),
    )
    .map((kind) => ({ ...kind, why: whyNot(kind.name, key) }))

export const hrefOfRequest = (
  kind: FormKindName | null,
  keys: readonly string[],
  more: Readonly<Record<string, string>> = {},
): string => {
  const search = new URLSearchParams(kind === null ? {} : { kind })
  for (const key of keys) search.append('key', key)
  for (const [name, value] of Object.entries(more)) search.set(name, value)
  return `/requests/new?${search}`
}
