import type { PolicyInput } from '../policy/case'
import type { PolicyDocument } from '../policy/document'
import type { Grant } from '../policy/grants'

/** A key with everything that decides who may use it. null: not known to us. */
export type KeyFacts = {
  arn: string
  accountId: string
  keyUsage: string | null
  keyManager: string | null
  /** As AWS spells it. It says what AWS takes now, not who is allowed to ask. */
  keyState: string | null
  policy: PolicyDocument | null
  grants: readonly Grant[] | null
  resourceControlPolicies: readonly (readonly PolicyInput[] | null)[] | null | undefined
  /** The organization the key's account belongs to; null: none, or not known. */
  organizationId: string | null
  /** kms:KeySpec, aws:ResourceTag/…: what is known of a request on it whoever asks. */
  context: Readonly<Record<string, string | readonly string[]>>
  /**
   * kms:TrailingDaysWithoutKeyUsage, which only DisableKey and ScheduleKeyDeletion bring. Absent:
   * not known.
   */
  trailingDaysWithoutUsage?: number
}

const dayMs = 86_400_000

type Used = {
  lastUsedAt: string | null
  usageTrackedSince: string | null
  createdAt: string | null
  lastUseAt: string | null
}

/**
 * Returns the whole days since the last use; for a key that was never used, since its creation or
 * the start of tracking, whichever is later, as kms:TrailingDaysWithoutKeyUsage counts them
 * (lib/kms/README.md, "Condition keys").
 */
export function daysWithoutUsage(
  { lastUsedAt, usageTrackedSince, createdAt, lastUseAt }: Used,
  now: number,
): number | undefined {
  if (lastUseAt === null) return undefined
  const since =
    lastUsedAt === null
      ? [usageTrackedSince, createdAt].flatMap((at) => (at === null ? [] : Date.parse(at)))
      : [Date.parse(lastUsedAt)]
  return since.length === 0 ? undefined : Math.floor((now - Math.max(...since)) / dayMs)
}

type Described = {
  keySpec: string | null
  keyUsage: string | null
  origin: string | null
  scope: string | null
  region: string
  aliases: readonly string[]
  aliasesAt: string | null
  tags: Readonly<Record<string, string>> | null
}

/**
 * Returns the condition keys that follow from the key itself. What is unknown is left out, so that
 * conditions on it stay open.
 */
export function contextOfKey(
  key: Described,
  organizationId: string | null,
  organizationPath: string | null = null,
): KeyFacts['context'] {
  const known: Record<string, string | readonly string[]> = { 'aws:RequestedRegion': key.region }
  if (key.keySpec) known['kms:KeySpec'] = key.keySpec
  if (key.keyUsage) known['kms:KeyUsage'] = key.keyUsage
  if (key.origin) known['kms:KeyOrigin'] = key.origin
  if (key.scope) known['kms:MultiRegion'] = String(key.scope !== 'single')
  if (key.scope && key.scope !== 'single') known['kms:MultiRegionKeyType'] = key.scope.toUpperCase()
  if (organizationId) known['aws:ResourceOrgID'] = organizationId
  if (organizationPath) known['aws:ResourceOrgPaths'] = [organizationPath]
  // With over 50 aliases kms:ResourceAliases matches nothing.
  if (key.aliasesAt && key.aliases.length <= 50) known['kms:ResourceAliases'] = key.aliases
  for (const [name, value] of Object.entries(key.tags ?? {}))
    known[`aws:ResourceTag/${name}`] = value
  return known
}
