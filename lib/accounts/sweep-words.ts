/** What each kind of sweep reads, as pages say it. */
export const sweepWords: Readonly<Record<string, string>> = {
  regions: 'Regions',
  core: 'keys',
  grants: 'grants',
  rotations: 'rotations',
  lastUsage: 'last use',
  key: 'one key',
  iam: 'IAM',
  organization: 'organization',
  quotas: 'quotas',
  lookup: 'CloudTrail events',
  trails: 'trails',
}
