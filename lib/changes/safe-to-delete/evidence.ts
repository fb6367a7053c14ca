import { publicKeyApplies } from '../../inventory/applies'
import { sayWindow } from '../../trail/say-window'
import type { DeletionFacts } from './deletion-facts'

/**
 * inUse: something used the key lately. depends: something was or might be bound to it. nothing:
 * looked for, and not seen. note: worth knowing, and no reason against it. unknown: not read.
 */
export type EvidenceState = 'inUse' | 'depends' | 'nothing' | 'note' | 'unknown'

/** One thing that was looked at before a deletion. */
export type Evidence = {
  id: string
  label: string
  state: EvidenceState
  words: string
  /** What the time is of, and the time. */
  at?: string | null
  /** The tab or page of the key that shows it. */
  tab?: 'grants' | 'resources' | 'multi-region' | 'access' | 'material' | 'public-key'
  /** What of it nobody can see, though something is known. */
  unknown?: string
}

const dayMs = 86_400_000
/** A use so many days ago is one of today's. */
const recentDays = 90

const isRecent = (at: string, now: string) => Date.parse(now) - Date.parse(at) < recentDays * dayMs
const count = (n: number, one: string, many = `${one}s`) =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`

/** Lists what speaks against a deletion, and what could not be seen. Pure. */
export const listEvidence = (facts: DeletionFacts): Evidence[] => [
  lastUse(facts),
  ...usesInTrail(facts),
  resources(facts),
  grants(facts),
  aliases(facts),
  related(facts),
  external(facts),
  policies(facts),
  publicKey(facts),
  material(facts),
]

function lastUse({ key, now }: DeletionFacts): Evidence {
  const item = { id: 'lastUse', label: 'Last use (GetKeyLastUsage)' }
  const tracked = key.usageTrackedSince
  if (key.lastUsedAt)
    return {
      ...item,
      state: isRecent(key.lastUsedAt, now) ? 'inUse' : 'depends',
      words: key.lastUsedOperation ?? 'By an operation that AWS does not name',
      at: key.lastUsedAt,
    }
  if (!key.lastUseAt)
    return {
      ...item,
      state: 'unknown',
      words: key.problems.lastUse?.message ?? 'Not read yet',
    }
  const isOlder = !tracked || !key.createdAt || key.createdAt < tracked
  return isOlder
    ? {
        ...item,
        state: 'unknown',
        words: `No use since AWS tracks it. Before that is unknown${tracked ? '; tracked since' : ''}`,
        at: tracked,
      }
    : { ...item, state: 'nothing', words: 'Never used: AWS has tracked it since its creation' }
}

function usesInTrail({ seen, window, now }: DeletionFacts): Evidence[] {
  const { uses, foreignUses } = seen
  const gap = window.gapCount > 0 ? sayWindow(window) : undefined
  const own: Evidence =
    uses.lastAt === null
      ? {
          id: 'trail',
          label: 'Uses in CloudTrail',
          state: gap ? 'unknown' : 'nothing',
          words: gap ?? 'None in the window, of which every event was read',
        }
      : {
          id: 'trail',
          label: 'Uses in CloudTrail',
          state: isRecent(uses.lastAt, now) ? 'inUse' : 'depends',
          words: `${count(uses.events, 'call')} by ${count(uses.principals, 'principal')}; the last`,
          at: uses.lastAt,
          unknown: gap,
        }
  const foreign: Evidence =
    foreignUses.lastAt === null
      ? {
          id: 'callers',
          label: 'Callers of other accounts',
          state: gap ? 'unknown' : 'nothing',
          words: gap ? 'None among the events that were read' : 'None',
        }
      : {
          id: 'callers',
          label: 'Callers of other accounts',
          state: isRecent(foreignUses.lastAt, now) ? 'inUse' : 'depends',
          words: `${foreignUses.accounts.join(', ')}: ${count(foreignUses.events, 'call')}; the last`,
          at: foreignUses.lastAt,
          unknown: gap,
        }
  return [own, foreign]
}

function resources({ resources: found, window }: DeletionFacts): Evidence {
  const item = { id: 'resources', label: 'Resources', tab: 'resources' as const }
  const gap = window.gapCount > 0 ? 'resources of the hours that were not read' : undefined
  if (found.count > 0)
    return {
      ...item,
      state: 'depends',
      words: `${count(found.count, 'resource')}${found.isCut ? ' and more' : ''}, by use or by grants`,
      unknown: gap,
    }
  return {
    ...item,
    // A call without an encryption context names none, so this is never a proof.
    state: 'unknown',
    words: 'None seen. Calls without an encryption context name no resource',
  }
}

function grants({ key }: DeletionFacts): Evidence {
  const item = { id: 'grants', label: 'Grants', tab: 'grants' as const }
  const { grantCount, grantsByPeople, grantsCrossAccount } = key
  if (grantCount === null)
    return { ...item, state: 'unknown', words: key.problems.grants?.message ?? 'Not read yet' }
  if (grantCount === 0)
    return { ...item, state: 'nothing', words: 'None, as read', at: key.grantsAt }
  const parts = [
    grantsByPeople !== null && `${grantsByPeople} made by people`,
    grantsCrossAccount !== null && `${grantsCrossAccount} to other accounts`,
  ].filter(Boolean)
  return { ...item, state: 'depends', words: `${count(grantCount, 'grant')}: ${parts.join(', ')}` }
}

function aliases({ key }: DeletionFacts): Evidence {
  const item = { id: 'aliases', label: 'Aliases' }
  if (key.aliasesAt === null) return { ...item, state: 'unknown', words: 'Not read yet' }
  return key.aliases.length === 0
    ? { ...item, state: 'nothing', words: 'None' }
    : {
        ...item,
        state: 'depends',
        words: `${key.aliases.join(', ')}: KMS deletes them with the key, and calls by them fail`,
      }
}

function related({ key, related: members }: DeletionFacts): Evidence {
  const item = { id: 'replicas', label: 'Multi-Region', tab: 'multi-region' as const }
  if (key.scope === null)
    return { ...item, state: 'unknown', words: 'The key was not described yet' }
  if (key.scope === 'single') return { ...item, state: 'note', words: 'Single-Region key' }
  const where = members.map(({ region }) => region).join(', ')
  if (key.scope === 'replica')
    return {
      ...item,
      state: 'note',
      words: where
        ? `Replica. What it encrypted can be decrypted in ${where}`
        : 'Replica, of which no other member is known',
    }
  return members.length === 0
    ? { ...item, state: 'note', words: 'Primary without replicas' }
    : {
        ...item,
        state: 'depends',
        words: `Primary of ${where}: it is deleted only when the last replica is gone`,
      }
}

function external({ external: found }: DeletionFacts): Evidence {
  const item = {
    id: 'external',
    label: 'Access of other accounts',
    tab: 'access' as const,
  }
  if (found === null) return { ...item, state: 'unknown', words: 'Not evaluated yet' }
  const unknown = found.isIncomplete ? 'access that a part of the policies decides' : undefined
  if (found.principals > 0)
    return {
      ...item,
      state: 'depends',
      words: `${count(found.principals, 'principal')} of other accounts can or might use it`,
      unknown,
    }
  return unknown
    ? { ...item, state: 'unknown', words: 'Policy, grants or IAM were not read whole' }
    : { ...item, state: 'nothing', words: 'None can use it, by policy and grants' }
}

function policies({ iam }: DeletionFacts): Evidence {
  const item = { id: 'policies', label: 'IAM policies that name it' }
  if (iam === null) return { ...item, state: 'unknown', words: 'IAM of this account was not read' }
  const others = 'policies of other accounts, and those that name it by alias, tag or *'
  if (iam.total === 0)
    return {
      ...item,
      state: 'unknown',
      words: 'None of this account names its ID. Other policies were not searched',
      unknown: others,
    }
  const more = iam.total > iam.names.length ? ` and ${iam.total - iam.names.length} more` : ''
  return { ...item, state: 'depends', words: `${iam.names.join(', ')}${more}`, unknown: others }
}

function publicKey({ key, seen, publicKeyReadHere, window }: DeletionFacts): Evidence {
  const item = { id: 'publicKey', label: 'Public key downloads', tab: 'public-key' as const }
  const applies = publicKeyApplies(key)
  if (applies.applies === 'no') return { ...item, state: 'note', words: applies.why }
  if (applies.applies === 'unknown') return { ...item, state: 'unknown', words: applies.why }
  const { publicKeyReads: reads } = seen
  const lastAt = [reads.lastAt, publicKeyReadHere]
    .filter((at) => at !== null)
    .sort()
    .at(-1)
  const after =
    'Whoever holds it can still encrypt and verify; KMS cannot decrypt or sign after the deletion'
  if (lastAt)
    return {
      ...item,
      state: 'depends',
      words: `${count(reads.principals, 'principal')} in CloudTrail. ${after}. The last download`,
      at: lastAt,
    }
  return window.gapCount > 0
    ? { ...item, state: 'unknown', words: `None among the events that were read. ${after}` }
    : { ...item, state: 'nothing', words: 'None in the window' }
}

function material({ key }: DeletionFacts): Evidence {
  const item = { id: 'material', label: 'Key material', tab: 'material' as const }
  if (key.origin === null)
    return { ...item, state: 'unknown', words: 'The key was not described yet' }
  const byOrigin: Readonly<Record<string, string>> = {
    EXTERNAL:
      'Imported. Deleting the material alone stops the key too, and importing the same material ' +
      'again brings it back; a deleted key does not come back, even with the material',
    AWS_KMS: 'Made by KMS. It exists nowhere else, and no one can restore it',
    AWS_CLOUDHSM: 'In a CloudHSM cluster. A backup of the cluster does not bring the KMS key back',
    EXTERNAL_KEY_STORE:
      'Outside of AWS. The external key alone does not decrypt what KMS encrypted',
  }
  return { ...item, state: 'note', words: byOrigin[key.origin] ?? key.origin }
}

export type Verdict = {
  kind: 'inUse' | 'depends' | 'nothingSeen'
  header: string
  reasons: readonly string[]
  unknown: readonly string[]
}

/**
 * Sums up the evidence. It never says that a key is safe to delete: nobody can see every copy of
 * what it encrypted.
 */
export function verdictOf(evidence: readonly Evidence[]): Verdict {
  const those = (state: EvidenceState) =>
    evidence.filter((one) => one.state === state).map(({ label }) => label)
  const unknown = evidence
    .filter((one) => one.state === 'unknown' || one.unknown !== undefined)
    .map(({ label }) => label)
  const inUse = those('inUse')
  const depends = those('depends')
  if (inUse.length > 0) return { kind: 'inUse', header: 'In use', reasons: inUse, unknown }
  if (depends.length > 0)
    return { kind: 'depends', header: 'Something might depend on it', reasons: depends, unknown }
  return {
    kind: 'nothingSeen',
    header: unknown.length > 0 ? 'Nothing seen, with unknowns' : 'Nothing seen',
    reasons: [],
    unknown,
  }
}
