import type {
  Account,
  Coverage,
  Key,
  KeyMaterial,
  KeyStore,
  PolicyVersion,
} from '../db/generated/browser'
import type { Plain } from './plain'

/** Why a part of a key is unknown, as the sync stored it. */
export type Problem = { code: string; message: string; at?: string }
/** describe, tags, policy, rotation, rotations, grants, lastUse -> why it is unknown */
export type Problems = Readonly<Partial<Record<string, Problem>>>

export type AccountName = Pick<Account, 'id' | 'name'>

/** A key as it stands in the inventory; times are ISO text. */
export type KeyRow = Omit<
  Plain<Key>,
  'listedIn' | 'slice' | 'readApart' | 'metadata' | 'tags' | 'problems' | 'searchText'
> & {
  tags: Readonly<Record<string, string>> | null
  problems: Problems
  account: AccountName
}

/** What the Overview tab shows. Nothing of a key's page calls AWS but its public key. */
export type KeyOverview = {
  key: KeyRow
  aliases: {
    name: string
    arn: string
    createdAt: string | null
    updatedAt: string | null
    observedAt: string
  }[]
  keyStore: Plain<KeyStore> | null
}

/** What the Policy tab shows. */
export type KeyPolicy = {
  key: KeyRow
  /**
   * The text as it was when the policy was last read; null while unknown
   * (`key.problems.policy` says why).
   */
  policy: { hash: string; text: string; observedAt: string } | null
  /** Newest first; the texts come with a comparison. */
  policyVersions: Pick<Plain<PolicyVersion>, 'id' | 'hash' | 'firstSeenAt' | 'lastSeenAt'>[]
}

/** What the Material tab shows: rows of ListKeyRotations(ALL_KEY_MATERIAL), newest first. */
export type KeyMaterials = { key: KeyRow; materials: Plain<KeyMaterial>[] }

/**
 * Members of its multi-Region set, itself included, primary first; none for a single-Region key.
 */
export type KeyFamily = { key: KeyRow; family: KeyRow[] }

/** What the Raw tab shows. */
export type KeyRaw = {
  /** KeyMetadata as DescribeKey gave it; null while it was never read. */
  metadata: unknown
  /** `coverage`: what each API of this account and Region lets us know. */
  kept: KeyOverview & KeyPolicy & KeyMaterials & KeyFamily & { coverage: Plain<Coverage>[] }
}
