import type { Account, Coverage, Grant, Key, KeyMaterial, KeyStore, PolicyVersion } from '../db/generated/browser'
import type { Plain } from './plain'

/** Why a part of a key is unknown, as the sync stored it. */
export type Problem = { code: string; message: string; at?: string }
/** describe, tags, policy, rotation, rotations, grants, lastUse -> why it is unknown */
export type Problems = Readonly<Partial<Record<string, Problem>>>

export type AccountName = Pick<Account, 'id' | 'name'>

/** A key as it stands in the inventory; times are ISO text. */
export type KeyRow = Omit<Plain<Key>, 'listedIn' | 'coreIn' | 'grantsIn' | 'lastUseIn' | 'rotationsIn' | 'metadata' | 'tags' | 'problems' | 'searchText'> & {
  tags: Readonly<Record<string, string>> | null
  problems: Problems
  account: AccountName
}

export type GrantRow = Plain<Grant>

/** Everything the page of one key shows, all of it from the inventory; nothing here calls AWS. */
export type KeyDetail = {
  key: KeyRow
  /** KeyMetadata as DescribeKey gave it; null while it was never read. */
  metadata: unknown
  aliases: { name: string; arn: string; createdAt: string | null; updatedAt: string | null; observedAt: string }[]
  /** The text as it was when the policy was last read; null while unknown (`key.problems.policy` says why). */
  policy: { hash: string; text: string; observedAt: string } | null
  /** Newest first; the texts come by `getPolicyVersion`. */
  policyVersions: Pick<Plain<PolicyVersion>, 'id' | 'hash' | 'firstSeenAt' | 'lastSeenAt'>[]
  /** The first hundred that AWS still lists, newest first; `grantTotal` counts all of them. */
  grants: GrantRow[]
  grantTotal: number
  /** Rows of ListKeyRotations(ALL_KEY_MATERIAL), newest first. */
  materials: Plain<KeyMaterial>[]
  /** Members of its multi-Region set, itself included, primary first; empty for a single-Region key. */
  family: KeyRow[]
  keyStore: Plain<KeyStore> | null
  /** What each API of this account and Region lets us know. */
  coverage: Plain<Coverage>[]
}
