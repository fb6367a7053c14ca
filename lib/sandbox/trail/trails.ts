import { placeOf } from '../accounts'
import { authorizeService } from '../authz/authorize'
import { AwsError, type Call, type Input } from '../call'
import { readFlag, readText, readTexts } from '../kms/read-input'
import { page } from '../paging'
import { awsPace } from '../record/pace'
import type { Trail } from '../world'
import { findDeliveryError } from './delivery-error'
import { findTrail, isLogging, listTrails as listTrailsSeen } from './find-trail'
import { describeSelectors, isCustom } from './selector-input'
import { selectorsAt } from './selectors'
import { isoSecond } from './sources'

/** DescribeTrails: the Region's own, shadows of multi-Region ones, and the organization's. */
export function describeTrails(call: Call, input: Input): Input {
  authorizeService(call, { action: 'cloudtrail:DescribeTrails', resourceArn: '*' })
  placeOf(call)
  const wanted = readTexts(input, 'trailNameList')
  const shadows = input.includeShadowTrails === undefined || readFlag(input, 'includeShadowTrails')
  const named = (trail: Trail) =>
    wanted.length === 0 || wanted.includes(trail.arn) || wanted.includes(trail.name)
  const found = listTrailsSeen(call, call.region).filter(
    (trail) => named(trail) && (shadows || trail.homeRegion === call.region),
  )
  return { trailList: found.map(describeTrail) }
}

/** ListTrails: those of the account and its organization, whatever their Region. */
export function listTrails(call: Call, input: Input): Input {
  authorizeService(call, { action: 'cloudtrail:ListTrails', resourceArn: '*' })
  placeOf(call)
  const found = page(call, listTrailsSeen(call, null), {
    limit: undefined,
    default: 1000,
    max: 1000,
    marker: input.NextToken,
    key: (trail) => trail.arn,
    invalidMarker: 'InvalidNextTokenException',
  })
  return {
    Trails: found.items.map(({ arn, name, homeRegion }) => ({
      TrailARN: arn,
      Name: name,
      HomeRegion: homeRegion,
    })),
    NextToken: found.next,
  }
}

export function getTrail(call: Call, input: Input): Input {
  return { Trail: describeTrail(findTrail(call, readText(input, 'Name'), 'cloudtrail:GetTrail')) }
}

/** Whether it logs and since when, when it last delivered, and why it cannot. */
export function getTrailStatus(call: Call, input: Input): Input {
  const trail = findTrail(call, readText(input, 'Name'), 'cloudtrail:GetTrailStatus')
  const { from, to } = trail.logging.at(-1) ?? { from: 0, to: 0 }
  return {
    IsLogging: isLogging(trail),
    ...describeDelivery(call, trail, from, to ?? call.now),
    ...(from === 0 ? {} : { StartLoggingTime: Math.floor(from / 1000) }),
    ...(to === null || to === 0 ? {} : { StopLoggingTime: Math.floor(to / 1000) }),
    LatestNotificationAttemptTime: '',
    LatestNotificationAttemptSucceeded: '',
    TimeLoggingStarted: from === 0 ? '' : isoSecond(from),
    TimeLoggingStopped: to === null || to === 0 ? '' : isoSecond(to),
  }
}

/** Of a trail that has not logged for a whole interval yet, nothing was tried. */
function describeDelivery(call: Call, trail: Trail, from: number, until: number): Input {
  const error = findDeliveryError(call.world, trail)
  const everyMs = (call.world.trailPace ?? awsPace).deliverEveryMs
  const last = Math.floor(until / everyMs) * everyMs
  const hasTried = from !== 0 && last >= from
  const tried = hasTried ? isoSecond(last) : ''
  const digests = trail.validatesSince !== null
  const delivered = error === null && hasTried
  return {
    ...(error === null ? {} : { LatestDeliveryError: error }),
    ...(error === null || !digests ? {} : { LatestDigestDeliveryError: error }),
    ...(delivered ? { LatestDeliveryTime: last / 1000 } : {}),
    ...(delivered && digests ? { LatestDigestDeliveryTime: hourBefore(last) / 1000 } : {}),
    LatestDeliveryAttemptTime: tried,
    LatestDeliveryAttemptSucceeded: error === null ? tried : '',
  }
}

const hourBefore = (ms: number) => Math.floor(ms / 3_600_000) * 3_600_000

export function getEventSelectors(call: Call, input: Input): Input {
  const trail = findTrail(call, readText(input, 'TrailName'), 'cloudtrail:GetEventSelectors')
  return { TrailARN: trail.arn, ...describeSelectors(selectorsAt(trail, Infinity)) }
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

export function describeTrail(trail: Trail): Input {
  return {
    Name: trail.name,
    S3BucketName: trail.s3BucketName,
    S3KeyPrefix: trail.s3KeyPrefix ?? undefined,
    IncludeGlobalServiceEvents: true,
    IsMultiRegionTrail: trail.isMultiRegion,
    HomeRegion: trail.homeRegion,
    TrailARN: trail.arn,
    LogFileValidationEnabled: trail.validatesSince !== null,
    KmsKeyId: trail.kmsKeyArn ?? undefined,
    HasCustomEventSelectors: isCustom(selectorsAt(trail, Infinity)),
    HasInsightSelectors: false,
    IsOrganizationTrail: trail.isOrganization,
  }
}
