/** In which key states a mutating operation works (aws-facts 1.10). Pure. */
const worksIn = {
  CreateAlias: ['Enabled', 'Disabled', 'PendingImport', 'Unavailable', 'Creating', 'Updating'],
  UpdateAlias: ['Enabled', 'Disabled', 'PendingImport', 'Unavailable', 'Creating', 'Updating'],
  TagResource: ['Enabled', 'Disabled', 'PendingImport', 'Unavailable', 'Creating', 'Updating'],
  UntagResource: ['Enabled', 'Disabled', 'PendingImport', 'Unavailable', 'Creating', 'Updating'],
  UpdateKeyDescription: ['Enabled', 'Disabled', 'PendingImport', 'Unavailable', 'Creating', 'Updating'],
  EnableKey: ['Enabled', 'Disabled', 'Unavailable'],
  DisableKey: ['Enabled', 'Disabled', 'Unavailable'],
  EnableKeyRotation: ['Enabled', 'Updating'],
  DisableKeyRotation: ['Enabled', 'Updating'],
  RotateKeyOnDemand: ['Enabled', 'Updating'],
  ScheduleKeyDeletion: ['Enabled', 'Disabled', 'PendingImport', 'Unavailable', 'Creating'],
  CancelKeyDeletion: ['PendingDeletion', 'PendingReplicaDeletion'],
  ReplicateKey: ['Enabled'],
  UpdatePrimaryRegion: ['Enabled', 'Updating'],
} as const satisfies Readonly<Record<string, readonly string[]>>
export type StateOperation = keyof typeof worksIn

/** The state that keeps the operation from working; null: it works. What depends on nothing else keeps only this in its baseline. */
export function blockedBy(operation: StateOperation, keyState: string): string | null {
  const states: readonly string[] = worksIn[operation]
  return states.includes(keyState) ? null : keyState
}

/** Passes by itself within seconds (aws-facts 1.11). */
export const isPassing = (keyState: string | null): boolean => keyState === 'Creating' || keyState === 'Updating'

/** Why the operation is refused in this state, for a person; null: it is not. */
export function refuseState(operation: StateOperation, keyState: string): string | null {
  if (blockedBy(operation, keyState) === null) return null
  if (isPassing(keyState)) return `The key is ${keyState}: ask again in a few seconds.`
  return `AWS takes no ${operation} for a key that is ${keyState}.`
}
