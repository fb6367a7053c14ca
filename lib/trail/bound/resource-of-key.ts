import type { TrailWindow } from '../window'

/** A resource that a key is bound to, as far as events and grants tell. Times are ISO text. */
export type ResourceOfKey = {
  kind: string
  /** As AWS names it: an ARN where the encryption context holds one, else its ID or name. */
  id: string
  firstAt: string | null
  lastAt: string | null
  /** The calls that were made for it and succeeded, CreateGrant left out. */
  operations: readonly string[]
  /** Grants in force that name it in their constraints; null: the reader cannot see grants. */
  grants: number | null
  /** Since when the oldest of these is there. */
  grantedAt: string | null
}

export type ResourcesOfKey = {
  resources: readonly ResourceOfKey[]
  /** There are more than these: by the trail, the ones used last; of grants, the newest. */
  isCut: boolean
  /** What the trail could see of the account and Region of the key, and what not. */
  window: TrailWindow
}

/** How sure it is that the resource is encrypted under the key. */
export const certaintyOf = ({ operations }: Pick<ResourceOfKey, 'operations'>) =>
  operations.length > 0 ? 'Used it' : 'Named in a grant'

/** Says by what the resource is known. */
export function evidenceOf({ operations, grants }: ResourceOfKey): string {
  const granted =
    grants !== null && grants > 0
      ? `${grants === 1 ? 'a grant' : `${grants} grants`} in force`
      : operations.length === 0
        ? 'a grant that was created'
        : null
  return [
    operations.length > 0 && `Encryption context of ${operations.join(', ')}`,
    granted && `${operations.length > 0 ? 'constraint' : 'Constraint'} of ${granted}`,
  ]
    .filter(Boolean)
    .join('; ')
}
