import type { KeyRow } from '../../inventory/key-detail'
import type { TrailWindow } from '../../trail/window'

type Callers = { principals: number; events: number; lastAt: string | null }

/** What the rollups of the window say of a key. Times are ISO text. */
export type SeenOfKey = {
  /** Cryptographic operations that succeeded. */
  uses: Callers
  /** Those by principals of other accounts. */
  foreignUses: Callers & { accounts: readonly string[] }
  /** GetPublicKey that succeeded. */
  publicKeyReads: Callers
}

/** Calls that KMS refused since the key is disabled. */
export type Refusals = Callers & {
  most: readonly { principal: string; events: number; lastAt: string }[]
}

/** All that is known here of what a key's deletion would break. */
export type DeletionFacts = {
  key: KeyRow
  now: string
  window: TrailWindow
  seen: SeenOfKey
  /** Resources it was used for or that its grants name. */
  resources: { count: number; isCut: boolean }
  /** Other members of its multi-Region set. */
  related: readonly { arn: string; region: string; keyState: string | null }[]
  /** Principals of other accounts that can or might use it; null: not evaluated yet. */
  external: { principals: number; isIncomplete: boolean } | null
  /** IAM entities of its account that name it by ID; null: IAM was not read. */
  iam: { names: readonly string[]; total: number } | null
  /** When its public key was read through this console. */
  publicKeyReadHere: string | null
  /** Since when KMS refuses its use; null: it does not, or nobody saw when that began. */
  stoppedAt: string | null
  /** Both null while `stoppedAt` is. */
  refusals: Refusals | null
  watched: TrailWindow | null
}

/** Calls that let a key be used, or stop that, newest first. */
export type Switched = { operation: string; at: string }

/**
 * Returns when the key stopped for good: at the first call that stopped it after it was last
 * enabled. `disabledHere`: when a change that is in force disabled it. Pure.
 */
export function stoppedSince(
  key: Pick<KeyRow, 'keyState'>,
  switched: readonly Switched[],
  disabledHere: string | null,
): string | null {
  if (!isStopped(key)) return null
  const enabled = switched.findIndex(({ operation }) => operation === 'EnableKey')
  const after = enabled < 0 ? switched : switched.slice(0, enabled)
  const enabledAt = switched[enabled]?.at ?? ''
  const times = [
    ...after.map(({ at }) => at),
    ...(disabledHere !== null && disabledHere > enabledAt ? [disabledHere] : []),
  ]
  return times.sort()[0] ?? null
}

const stopped: ReadonlySet<string | null> = new Set([
  'Disabled',
  'PendingDeletion',
  'PendingReplicaDeletion',
])
/** Tells whether KMS refuses every use of the key because somebody wanted so. */
export const isStopped = ({ keyState }: Pick<KeyRow, 'keyState'>): boolean => stopped.has(keyState)
