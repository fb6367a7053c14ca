import { createHash } from 'node:crypto'
import type { AwsError, Call, Input } from '../call'
import { makeUuid } from '../ids'
import type { Key, TrailRecord } from '../world'
import { foreignIdentity, ownIdentity } from './identity'
import { findSeenAt } from './pace'
import { derivedParameters } from './parameters'
import { isReadOnly, isRecorded } from './read-only'

/** Per account and Region; the oldest fall out, as they would after 90 days. */
const maxEvents = 200_000

/**
 * Writes the CloudTrail record of a call, as LookupEvents will give it. A call on another account's
 * key is recorded in both accounts under one sharedEventID; one that was denied in the caller's
 * only. https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html
 */
export function recordCall(call: Call, input: Input, error: AwsError | null): void {
  if (!isRecorded(call)) return
  const denied = error !== null && /^AccessDenied/.test(error.code)
  const owners = denied ? [] : foreignOwners(call)
  const sharedEventID = owners.length === 0 ? undefined : sharedId(call.eventId)
  const seen = {
    error,
    denied,
    sharedEventID,
    readOnly: isReadOnly(call),
    requestParameters: denied
      ? null
      : call.trail.requestParameters === undefined
        ? derivedParameters(input)
        : call.trail.requestParameters,
  }
  append(call, call.caller.accountId, call.eventId, ownIdentity(call), seen)
  for (const owner of owners) append(call, owner, makeUuid(), foreignIdentity(call), seen)
}

type Seen = {
  error: AwsError | null
  denied: boolean
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

/**
 * Describes a call, always in the same shape with what is absent as undefined, so that V8 keeps
 * 200,000 of them small.
 */
function describeCall(
  call: Call,
  recipientAccountId: string,
  eventID: string,
  userIdentity: object,
  seen: Seen,
): TrailRecord {
  const { trail } = call
  const { error, denied, readOnly } = seen
  const resources = denied ? undefined : (trail.resources ?? resourcesOf(trail.keys))
  return {
    eventVersion: '1.11',
    userIdentity,
    eventTime: timeText(Math.floor(call.now / 1000)),
    eventSource: eventSource(call.service),
    eventName: call.operation,
    awsRegion: call.region,
    sourceIPAddress: call.via ?? call.sourceIp,
    userAgent: call.via ?? call.userAgent.slice(0, 1024),
    errorCode: denied ? 'AccessDenied' : error?.code,
    errorMessage: error?.message,
    requestParameters: seen.requestParameters,
    responseElements: error
      ? null
      : (trail.responseElements ?? (readOnly ? null : keyElement(trail.keys))),
    additionalEventData: denied ? undefined : trail.additionalEventData,
    requestID: call.requestId,
    eventID,
    readOnly,
    resources: resources?.length === 0 ? undefined : resources,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId,
    sharedEventID: seen.sharedEventID,
    eventCategory: 'Management',
    tlsDetails: call.via === undefined ? tlsDetails(call) : undefined,
  }
}

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

// Records share these parts: 200,000 of them would not fit otherwise.
let lastTime = { second: 0, text: '' }
function timeText(second: number): string {
  if (lastTime.second !== second)
    lastTime = { second, text: `${new Date(second * 1000).toISOString().slice(0, 19)}Z` }
  return lastTime.text
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
const tls = new Map<string, object>()

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

function tlsDetails(call: Call): object {
  const host = `${call.service}.${call.region}.amazonaws.com`
  let details = tls.get(host)
  if (!details)
    tls.set(
      host,
      (details = {
        tlsVersion: 'TLSv1.3',
        cipherSuite: 'TLS_AES_128_GCM_SHA256',
        clientProvidedHostHeader: host,
      }),
    )
  return details
}
