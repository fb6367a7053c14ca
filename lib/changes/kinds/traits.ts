/**
 * What is true of every change of a kind, whatever its input: for lists, menus, forms and for
 * whoever treats changes alike. Pure and without zod, so that any page can take it.
 */
import type { KeyRow } from '../../inventory/key-detail'

/** What the inventory knows of a key, and the reasons below stand on. */
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

export type KindTraits = {
  /** As the registry has it. Stored with each change: it never changes. */
  name: string
  /** For a person: "Create a grant". */
  label: string
  group: 'Grants' | 'Policy' | 'State' | 'Rotation' | 'Aliases and tags' | 'Keys' | 'Quotas'
  /** About a key that exists, or about an account and Region. */
  about: 'key' | 'region'
  /**
   * Whether a request must have an end unless a permission is held (default), can have one
   * (optional), or cannot (never). What is `default` counts as lasting even without one.
   */
  end: 'default' | 'optional' | 'never'
  /** Waits for other exclusive changes of the same key. */
  exclusive: boolean
  /** One line: what it does. */
  words: string
  /** What happens at its end, for kinds that have one. */
  atEnd?: string
  /** Asked for at one key at a time, since what it names belongs to that key. */
  oneKey?: boolean
  /** What is usually wanted once it is done: the name of another kind. */
  next?: { kind: string; words: string; label: string }
  /**
   * What it does to a grant: one that it makes, or adopts, is ours until its end, one that it ends
   * is expected to be gone. The last two are asked for at the grant, not at its key.
   */
  grant?: 'makes' | 'adopts' | 'ends'
  /** The member of its input that names another key, from which it takes something. */
  otherKey?: string
  /** The member of its input with the text of a policy that replaces the policy of its key. */
  newPolicy?: string
  /** What to read again of its account and Region when it is done and named no key. */
  rereads?: 'core' | 'quotas'
  /** Can be done to a key that waits to be deleted. */
  whilePending?: boolean
  /** Why it makes no sense for a key as it is; null: it does, or what is known does not say. */
  whyNot?(key: AskableKey): string | null
}

const isPending = (state: string | null) =>
  state === 'PendingDeletion' || state === 'PendingReplicaDeletion'

/**
 * Returns why a change cannot be asked for at this key, as the inventory knows it; null: it can, or
 * what is known does not say. To offer the right ones first: AWS is asked in any case.
 */
export function whyNot(
  kind: Pick<KindTraits, 'whilePending' | 'whyNot'>,
  key: AskableKey,
): string | null {
  if (key.goneAt) return 'The key is no longer there, as far as the last listings say.'
  if (key.keyManager === 'AWS') return 'AWS manages this key: nobody else changes it.'
  if (isPending(key.keyState))
    return kind.whilePending ? null : 'The key waits to be deleted. Cancel that first.'
  return kind.whyNot?.(key) ?? null
}
