import type { Bucket, RegionState, Trail, World } from '../world'

/** An account and Region whose events a trail takes, and where its files go. */
export type Source = {
  accountId: string
  region: string
  state: RegionState
  /** With a slash at the end. */
  logs: string
  digests: string
}

/** One account and Region of a trail, on its way into its bucket. */
export type Route = { trail: Trail; bucket: Bucket; source: Source }

/**
 * The accounts and Regions of a trail, with the folders of their files.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html
 */
export function listSources(world: World, trail: Trail): Source[] {
  const home = trail.arn.split(':')[4] ?? ''
  const { organization } = world
  const isOfAll = trail.isOrganization && organization !== null
  const accounts = isOfAll ? [...organization.parentOf.keys()] : [home]
  const folder = isOfAll ? `AWSLogs/${organization.id}/` : 'AWSLogs/'
  const root = trail.s3KeyPrefix === null ? folder : `${trail.s3KeyPrefix}/${folder}`
  return accounts.flatMap((accountId) =>
    [...(world.accounts.get(accountId)?.regions.values() ?? [])].flatMap((state): Source[] => {
      const isTaken = trail.isMultiRegion || state.name === trail.homeRegion
      if (!isTaken || state.optStatus === 'DISABLED') return []
      const region = state.name
      const logs = `${root}${accountId}/CloudTrail/${region}/`
      const digests = `${root}${accountId}/CloudTrail-Digest/${region}/`
      return [{ accountId, region, state, logs, digests }]
    }),
  )
}

/** `2026/11/01/` of a time, as folders are named, and its digits. */
export const datePath = (ms: number) =>
  `${new Date(ms).toISOString().slice(0, 10).replaceAll('-', '/')}/`
export const digits = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '')
export const isoSecond = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
