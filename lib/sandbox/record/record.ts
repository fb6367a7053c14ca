import { createHash, randomUUID } from 'node:crypto'
import type { AwsError, Call, Input } from '../call'
import type { Key, TrailRecord } from '../world'
import { foreignIdentity, ownIdentity } from './identity'
import { derivedParameters } from './parameters'
import { isReadOnly, isRecorded } from './read-only'

/** Per account and Region; the oldest fall out, as they would after 90 days. */
const maxEvents = 200_000

/**
 * The CloudTrail record of a call, as LookupEvents will give it (aws-facts 7.3). A call on another account's key is recorded in both
 * accounts under one sharedEventID; a denial in the caller's only.
 */
export function recordCall(call: Call, input: Input, error: AwsError | null): void {
  if (!isRecorded(call)) return
  const denied = error !== null && /^AccessDenied/.test(error.code)
  const owners = denied ? [] : foreignOwners(call)
  const sharedEventID = owners.length === 0 ? {} : { sharedEventID: sharedId(call.eventId) }
  const record = describeCall(call, input, error, denied)
  append(call, call.caller.accountId, call.eventId, { ...record, ...sharedEventID })
  for (const owner of owners) {
    const eventID = randomUUID()
    append(call, owner, eventID, {
      ...record, ...sharedEventID, userIdentity: foreignIdentity(call), eventID, recipientAccountId: owner,
    })
  }
}

function describeCall(call: Call, input: Input, error: AwsError | null, denied: boolean): TrailRecord {
  const { trail } = call
  const readOnly = isReadOnly(call)
  const resources = denied ? undefined : trail.resources ?? resourcesOf(trail.keys)
  return {
    eventVersion: '1.11',
    userIdentity: ownIdentity(call),
    eventTime: `${new Date(call.now).toISOString().slice(0, 19)}Z`,
    eventSource: eventSource(call.service),
    eventName: call.operation,
    awsRegion: call.region,
    sourceIPAddress: call.sourceIp,
    userAgent: call.userAgent.slice(0, 1024),
    ...(error ? { errorCode: denied ? 'AccessDenied' : error.code, errorMessage: error.message } : {}),
    requestParameters: denied ? null : trail.requestParameters === undefined ? derivedParameters(input) : trail.requestParameters,
    responseElements: error ? null : trail.responseElements ?? (readOnly ? null : keyElement(trail.keys)),
    ...(trail.additionalEventData && !denied ? { additionalEventData: trail.additionalEventData } : {}),
    requestID: call.requestId,
    eventID: call.eventId,
    readOnly,
    ...(resources && resources.length > 0 ? { resources } : {}),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: call.caller.accountId,
    eventCategory: 'Management',
    tlsDetails: tlsDetails(call),
  }
}

export function eventSource(service: string): string {
  return service === 'cloudwatch' ? 'monitoring.amazonaws.com' : `${service}.amazonaws.com`
}

function append(call: Call, accountId: string, eventId: string, record: TrailRecord): void {
  const events = call.world.accounts.get(accountId)?.regions.get(call.region)?.events
  if (!events) return
  events.push({ eventId, at: call.now, record })
  if (events.length > maxEvents * 1.1) events.splice(0, events.length - maxEvents)
}

function foreignOwners(call: Call): string[] {
  const owners = call.trail.resources?.map((resource) => resource.accountId) ?? call.trail.keys.map((key) => key.accountId)
  return Array.from(new Set(owners)).filter((owner) => owner !== call.caller.accountId)
}

/** Not the event id of either record, and the same for both. */
function sharedId(eventId: string): string {
  const hex = createHash('md5').update(eventId).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}

function keyElement(keys: Key[]): Record<string, unknown> | null {
  return keys[0] ? { keyId: keys[0].arn } : null
}

// Records share these parts: 200,000 of them would not fit otherwise.
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
  if (!details) tls.set(host, (details = { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', clientProvidedHostHeader: host }))
  return details
}
