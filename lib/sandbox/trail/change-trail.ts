import { placeOf } from '../accounts'
import { authorizeService } from '../authz/authorize'
import { AwsError, type Call, type Input } from '../call'
import { readFlag, readText } from '../kms/read-input'
import type { Trail } from '../world'
import { findTrail, isLogging, listTrails } from './find-trail'
import { describeSelectors, readSelectors } from './selector-input'
import { selectorsAt } from './selectors'
import { findDeliveryError } from './delivery-error'
import { describeTrail } from './trails'

/** CreateTrail: it does not log before StartLogging. */
export function createTrail(call: Call, input: Input): Input {
  const name = readText(input, 'Name') ?? ''
  const { accountId } = call.caller
  const arn = `arn:aws:cloudtrail:${call.region}:${accountId}:trail/${name}`
  authorizeService(call, { action: 'cloudtrail:CreateTrail', resourceArn: arn })
  const { state } = placeOf(call)
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{2,127}$/.test(name))
    throw new AwsError('InvalidTrailNameException', 'Trail name is not valid.')
  if (listTrails(call, call.region).some((known) => known.arn === arn)) {
    throw new AwsError(
      'TrailAlreadyExistsException',
      `Trail ${name} already exists for customer: ${accountId}`,
    )
  }
  const isOrganization = readFlag(input, 'IsOrganizationTrail')
  if (isOrganization && call.world.organization?.managementAccountId !== accountId) {
    throw new AwsError(
      'NotOrganizationMasterAccountException',
      'The caller is not the management account of an organization.',
    )
  }
  const trail: Trail = {
    name,
    arn,
    homeRegion: call.region,
    isMultiRegion: readFlag(input, 'IsMultiRegionTrail'),
    isOrganization,
    s3BucketName: readText(input, 'S3BucketName') ?? '',
    s3KeyPrefix: readText(input, 'S3KeyPrefix') ?? null,
    kmsKeyArn: readText(input, 'KmsKeyId') ?? null,
    logging: [],
    validatesSince: readFlag(input, 'EnableLogFileValidation') ? call.now : null,
    selections: [],
    deliveries: new Map(),
  }
  refuseUndeliverable(call, trail)
  state.trails.push(trail)
  const {
    HomeRegion: _,
    HasCustomEventSelectors: __,
    HasInsightSelectors: ___,
    ...made
  } = describeTrail(trail)
  return made
}

/** AWS tries to write before it takes a trail. */
function refuseUndeliverable({ world }: Call, trail: Trail): void {
  const error = findDeliveryError(world, trail)
  if (error === null) return
  if (error === 'NoSuchBucket') {
    throw new AwsError(
      'S3BucketDoesNotExistException',
      `S3 bucket ${trail.s3BucketName} does not exist!`,
    )
  }
  if (error === 'AccessDenied') {
    throw new AwsError(
      'InsufficientS3BucketPolicyException',
      `Incorrect S3 bucket policy is detected for bucket: ${trail.s3BucketName}`,
    )
  }
  throw new AwsError(
    'InsufficientEncryptionPolicyException',
    `Insufficient permissions to access KMS key ${trail.kmsKeyArn}`,
  )
}

export function deleteTrail(call: Call, input: Input): Input {
  const trail = findOwn(call, input, 'DeleteTrail')
  const { state } = placeOf(call)
  state.trails = state.trails.filter((known) => known !== trail)
  return {}
}

export function startLogging(call: Call, input: Input): Input {
  const trail = findOwn(call, input, 'StartLogging')
  if (!isLogging(trail)) trail.logging.push({ from: call.now, to: null })
  return {}
}

export function stopLogging(call: Call, input: Input): Input {
  const trail = findOwn(call, input, 'StopLogging')
  const last = trail.logging.at(-1)
  if (last && isLogging(trail)) last.to = call.now
  return {}
}

export function putEventSelectors(call: Call, input: Input): Input {
  const trail = findOwn(call, input, 'PutEventSelectors', 'TrailName')
  const selectors = readSelectors(input)
  if (trail.selections.length === 0)
    trail.selections.push({ from: 0, selectors: selectorsAt(trail, Infinity) })
  trail.selections.push({ from: call.now, selectors })
  return { TrailARN: trail.arn, ...describeSelectors(selectors) }
}

/** A trail is changed at home, by the account that it belongs to. */
function findOwn(call: Call, input: Input, operation: string, member = 'Name'): Trail {
  const trail = findTrail(call, readText(input, member), `cloudtrail:${operation}`)
  if (trail.arn.split(':')[4] !== call.caller.accountId)
    throw new AwsError('AccessDeniedException', `You cannot change the trail ${trail.arn}.`)
  if (trail.homeRegion === call.region) return trail
  throw new AwsError(
    'InvalidHomeRegionException',
    `Trail ${trail.name} is in ${trail.homeRegion}, and is changed there.`,
  )
}
