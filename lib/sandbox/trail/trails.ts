import { authorizeService } from '../authz/authorize'
import { AwsError, type Call, type Input } from '../call'
import { readFlag, readText, readTexts } from '../kms/read-input'
import { placeOf } from '../accounts'
import type { Trail } from '../world'

/** DescribeTrails: the Region's own, shadows of multi-Region ones, and the organization's. */
export function describeTrails(call: Call, input: Input): Input {
  authorizeService(call, { action: 'cloudtrail:DescribeTrails', resourceArn: '*' })
  placeOf(call)
  const wanted = readTexts(input, 'trailNameList')
  const shadows = input.includeShadowTrails === undefined || readFlag(input, 'includeShadowTrails')
  const named = (trail: Trail) =>
    wanted.length === 0 || wanted.includes(trail.arn) || wanted.includes(trail.name)
  const found = listTrails(call).filter(
    (trail) => named(trail) && (shadows || trail.homeRegion === call.region),
  )
  return { trailList: found.map(describeTrail) }
}

export function getTrailStatus(call: Call, input: Input): Input {
  const trail = findTrail(call, readText(input, 'Name'), 'cloudtrail:GetTrailStatus')
  if (!trail.isLogging)
    return { IsLogging: false, LatestDeliveryTime: (call.now - 40 * 86_400_000) / 1000 }
  const minutesAgo = (minutes: number) => Math.floor(call.now / 1000) - minutes * 60
  return {
    IsLogging: true,
    LatestDeliveryTime: minutesAgo(4),
    LatestDigestDeliveryTime: minutesAgo(38),
    StartLoggingTime: minutesAgo(60 * 24 * 900),
    LatestDeliveryAttemptSucceeded: new Date(minutesAgo(4) * 1000).toISOString(),
    LatestNotificationAttemptTime: '',
    LatestNotificationAttemptSucceeded: '',
    TimeLoggingStarted: new Date(minutesAgo(60 * 24 * 900) * 1000).toISOString(),
    TimeLoggingStopped: '',
    LatestDeliveryAttemptTime: new Date(minutesAgo(4) * 1000).toISOString(),
  }
}

/** A trail of everything, as basic selectors; what it excludes is named there. */
export function getEventSelectors(call: Call, input: Input): Input {
  const trail = findTrail(call, readText(input, 'TrailName'), 'cloudtrail:GetEventSelectors')
  const selector = {
    ReadWriteType: 'All',
    IncludeManagementEvents: true,
    DataResources: [],
    ExcludeManagementEventSources: trail.excludeManagementEventSources,
  }
  return { TrailARN: trail.arn, EventSelectors: [selector] }
}

/** No trail here has Insights, which AWS answers with an error. */
export function getInsightSelectors(call: Call, input: Input): Input {
  const trail = findTrail(call, readText(input, 'TrailName'), 'cloudtrail:GetInsightSelectors')
  throw new AwsError(
    'InsightNotEnabledException',
    `Trail ${trail.name} does not have Insights enabled. Edit the trail settings to enable ` +
      'Insights, and then try the operation again.',
  )
}

/** Trails bear no tags here; one that is not there is an error, as everywhere. */
export function listTags(call: Call, input: Input): Input {
  const trails = readTexts(input, 'ResourceIdList').map((arn) =>
    findTrail(call, arn, 'cloudtrail:ListTags'),
  )
  return { ResourceTagList: trails.map((trail) => ({ ResourceId: trail.arn, TagsList: [] })) }
}

function findTrail(call: Call, name: string | undefined, action: string): Trail {
  if (!name) throw new AwsError('InvalidTrailNameException', 'Trail name cannot be blank!')
  placeOf(call)
  const trail = listTrails(call).find(
    (known) => known.arn === name || (known.name === name && known.homeRegion === call.region),
  )
  const owner = `arn:aws:cloudtrail:${call.region}:${call.caller.accountId}:trail/${name}`
  authorizeService(call, { action, resourceArn: trail?.arn ?? owner })
  if (!trail)
    throw new AwsError(
      'TrailNotFoundException',
      `Unknown trail: ${name} for the user: ${call.caller.accountId}`,
    )
  return trail
}

function listTrails(call: Call): Trail[] {
  const { accountId } = call.caller
  const { organization, accounts } = call.world
  const own = [...(accounts.get(accountId)?.regions.values() ?? [])].flatMap(
    (region) => region.trails,
  )
  const member =
    organization?.parentOf.has(accountId) && organization.managementAccountId !== accountId
  const management =
    organization && member ? accounts.get(organization.managementAccountId) : undefined
  const shared = [...(management?.regions.values() ?? [])]
    .flatMap((region) => region.trails)
    .filter((trail) => trail.isOrganization)
  return [...own, ...shared].filter(
    (trail) => trail.isMultiRegion || trail.homeRegion === call.region,
  )
}

function describeTrail(trail: Trail): Input {
  return {
    Name: trail.name,
    S3BucketName: trail.s3BucketName,
    IncludeGlobalServiceEvents: true,
    IsMultiRegionTrail: trail.isMultiRegion,
    HomeRegion: trail.homeRegion,
    TrailARN: trail.arn,
    LogFileValidationEnabled: true,
    KmsKeyId: trail.kmsKeyArn ?? undefined,
    HasCustomEventSelectors: trail.excludeManagementEventSources.length > 0,
    HasInsightSelectors: false,
    IsOrganizationTrail: trail.isOrganization,
  }
}
