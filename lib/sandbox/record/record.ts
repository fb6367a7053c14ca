import { createHash } from 'node:crypto'
import type { AwsError, Call, Input } from '../call'
import { makeUuid } from '../ids'
import type { Key, TrailRecord } from '../world'
import { foreignIdentity, ownIdentity } from './identity'
import { findSeenAt } from './pace'
import { derivedParameters } from './parameters'
import { isReadOnly, isRecorded } from './read-only'
import { describeTls, isDenied, writeRecord } from './write'

/** Per account and Region; the oldest fall out, as they would after 90 days. */
const maxEvents = 200_000

/**
 * Writes the CloudTrail record of a call, as LookupEvents will give it. A call on another account's
 * key is recorded in both accounts under one sharedEventID; one that was denied in the caller's
 * only. https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html
 */
export function recordCall(call: Call, input: Input, error: AwsError | null): void {
  if (!isRecorded(call)) return
  const denied = isDenied(error)
  const owners = denied ? [] : foreignOwners(call)
  const sharedEventID = owners.length === 0 ? undefined : sharedId(call.eventId)
  const seen = {
    error,
    sharedEventID,
    readOnly: isReadOnly(call),
    requestParameters:
      call.trail.requestParameters === undefined
        ? derivedParameters(input)
        : call.trail.requestParameters,
  }
  append(call, call.caller.accountId, call.eventId, ownIdentity(call), seen)
  for (const owner of owners) append(call, owner, makeUuid(), foreignIdentity(call), seen)
}

type Seen = {
  error: AwsError | null
  sharedEventID: string | undefined
  readOnly: boolean
  requestParameters: Record<string, unknown> | null | undefined
}

function append(
  call: Call,
  accountId: string,
  eventID: string,
  userIdentity: object,
  seen: Seen,
): void {
  const events = call.world.accounts.get(accountId)?.regions.get(call.region)?.events
  if (!events) return
  events.push({
    eventId: eventID,
    at: call.now,
    seenAt: findSeenAt(call.world, eventID, call.now),
    record: describeCall(call, accountId, eventID, userIdentity, seen),
  })
  if (events.length > maxEvents * 1.1) events.splice(0, events.length - maxEvents)
}

function describeCall(
  call: Call,
  recipientAccountId: string,
  eventId: string,
  identity: object,
  seen: Seen,
): TrailRecord {
  const { trail, via } = call
  return writeRecord({
    at: call.now,
    source: eventSource(call.service),
    operation: call.operation,
    region: call.region,
    identity,
    sourceIp: via ?? call.sourceIp,
    userAgent: via ?? call.userAgent,
    error: seen.error,
    readOnly: seen.readOnly,
    requestParameters: seen.requestParameters,
    responseElements: trail.responseElements ?? (seen.readOnly ? null : keyElement(trail.keys)),
    additionalEventData: trail.additionalEventData,
    resources: trail.resources ?? resourcesOf(trail.keys),
    requestId: call.requestId,
    eventId,
    eventType: 'AwsApiCall',
    recipientAccountId,
    sharedEventId: seen.sharedEventID,
    tls: via === undefined ? describeTls(hostOf(call), keyExchange) : undefined,
  })
}

/** The sandbox stands for AWS behind TLS, where today's SDKs agree on this. */
const keyExchange = 'X25519MLKEM768'
const hostOf = (call: Call) => `${call.service}.${call.region}.amazonaws.com`

function foreignOwners(call: Call): string[] {
  const owners =
    call.trail.resources?.map((resource) => resource.accountId) ??
    call.trail.keys.map((key) => key.accountId)
  return Array.from(new Set(owners)).filter((owner) => owner !== call.caller.accountId)
}

/** Returns an id that is the same in both records, and the event id of neither. */
function sharedId(eventId: string): string {
  const hex = createHash('md5').update(eventId).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}

function keyElement(keys: Key[]): Record<string, unknown> | null {
  return keys[0] ? { keyId: keys[0].arn } : null
}

const sources = new Map<string, string>()
function eventSource(service: string): string {
  let source = sources.get(service)
  if (!source)
    sources.set(
      service,
      (source = service === 'cloudwatch' ? 'monitoring.amazonaws.com' : `${service}.amazonaws.com`),
    )
  return source
}

const resourceLists = new WeakMap<Key, object[]>()

function resourcesOf(keys: Key[]): object[] {
  const [only] = keys
  if (!only || keys.length > 1) return keys.map(resourceOf)
  let list = resourceLists.get(only)
  if (!list) resourceLists.set(only, (list = [resourceOf(only)]))
  return list
}

function resourceOf(key: Key): object {
  return { accountId: key.accountId, type: 'AWS::KMS::Key', ARN: key.arn }
}
