/** What can be swept. A kind with a Region is done per account and Region, the others per account ('' as Region). */
export const sweepKinds = [
  'organization',
  'regions',
  'iam',
  'quotas',
  'core',
  'grants',
  'rotations',
  'lastUsage',
  'key',
] as const
export type SweepKind = (typeof sweepKinds)[number]
export type SweepStatus = 'queued' | 'running' | 'complete' | 'partial' | 'failed'

/** How often a kind comes due, in times of CLAVIGER_SYNC_INTERVAL_MINUTES; `key` only when someone asks. */
export const dueEvery: Record<Exclude<SweepKind, 'key'>, number> = {
  core: 1,
  grants: 4,
  rotations: 24,
  lastUsage: 96,
  iam: 4,
  organization: 4,
  quotas: 96,
  regions: 96,
}

/** Kinds that look at each key of a Region and follow a core sweep. */
export const followers = [
  'grants',
  'rotations',
  'lastUsage',
] as const satisfies readonly SweepKind[]

export function isSweepKind(text: string): text is SweepKind {
  return sweepKinds.some((kind) => kind === text)
}
