import { randomUUID } from 'node:crypto'
import type { Key, TrailEvent, World } from '../world'
import { findSeenAt } from '../record/pace'
import { writeRecord } from '../record/write'
import { regionState } from './place'

/**
 * Writes the CloudTrail record of something KMS did by itself: RotateKey, DeleteKey,
 * DeleteExpiredKeyMaterial.
 * https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html
 */
export function noteServiceEvent(
  world: World,
  key: Key,
  eventName: string,
  at: number,
  details?: Record<string, unknown>,
) {
  note(world, key, eventName, at, 'AwsServiceEvent', details)
}

/**
 * Writes the record of KMS copying shared properties to the replicas: an API call by AWS itself, on
 * the primary key alone.
 */
export function noteSynchronization(world: World, primary: Key, at: number) {
  note(world, primary, 'SynchronizeMultiRegionKey', at, 'AwsApiCall')
}

function note(
  world: World,
  key: Key,
  operation: string,
  at: number,
  eventType: 'AwsApiCall' | 'AwsServiceEvent',
  details?: Record<string, unknown>,
) {
  const eventId = randomUUID()
  const isCall = eventType === 'AwsApiCall'
  const event: TrailEvent = {
    eventId,
    at,
    seenAt: findSeenAt(world, eventId, at),
    record: writeRecord({
      at,
      source: 'kms.amazonaws.com',
      operation,
      region: key.region,
      identity: { accountId: key.accountId, invokedBy: 'AWS Internal' },
      sourceIp: 'AWS Internal',
      userAgent: 'AWS Internal',
      error: null,
      readOnly: false,
      requestParameters: null,
      responseElements: isCall ? { keyId: key.arn } : null,
      resources: [{ accountId: key.accountId, type: 'AWS::KMS::Key', ARN: key.arn }],
      requestId: isCall ? randomUUID() : undefined,
      eventId,
      eventType,
      recipientAccountId: key.accountId,
      details,
    }),
  }
  const events = regionState(world, key.accountId, key.region)?.events ?? []
  let place = events.length
  // Oldest first, though what fell due is often noticed only at a later call.
  while (place > 0 && (events[place - 1]?.at ?? 0) > at) place -= 1
  events.splice(place, 0, event)
}
