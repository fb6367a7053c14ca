import type { TrailEvent, TrailRecord } from '../../world'
import { listRotations, makeKeyArn, makeMaterialId, type Times } from '../keys'
import { DAY } from '../make'
import type { KeyPlan } from '../plan'
import { hashText, makeUuid } from '../random'
import {
  describeKms,
  describeService,
  findActor,
  isoTime,
  type Actor,
  type KnownActors,
} from './actors'
import { isCrypto, listChanges, listTraffic, type PastCall } from './calls'
import { KEYS } from './keys'
import { listScans } from './scans'

/**
 * CloudTrail's last 90 days in one account and Region, oldest first: calls by its
 * principals, and others' on its keys.
 */
export function makeDemoHistory(times: Times, accountId: string, region: string): TrailEvent[] {
  const calls = KEYS.filter((plan) => plan.region === region).flatMap((plan) => {
    const traffic = touches(plan, accountId) ? listTraffic(times, plan) : []
    return plan.accountId === accountId ? [...traffic, ...listChanges(times, plan)] : traffic
  })
  const known: Known = { actors: new Map(), keys: new Map(), materials: new Map() }
  const records = calls.flatMap((call) => recordFor(times, call, accountId, known) ?? [])
  return [...records, ...listScans(times, accountId, region)].sort((a, b) => a.at - b.at)
}

type Known = {
  actors: KnownActors
  keys: Map<KeyPlan, { accountId: string; type: string; ARN: string }>
  materials: Map<KeyPlan, MaterialSince[]>
}

function touches(plan: KeyPlan, accountId: string): boolean {
  return (
    plan.accountId === accountId ||
    (plan.traffic ?? []).some((traffic) => traffic.by.split(':')[4] === accountId)
  )
}

/** The event id that a call has in the account of the key. */
export function eventIdFor(seed: number, call: PastCall, accountId: string): string {
  return makeUuid(seed, `event/${call.id}/${accountId}`)
}

export const requestIdFor = (seed: number, call: PastCall) => makeUuid(seed, `request/${call.id}`)

function actorOf(times: Times, call: PastCall, known: Known): Actor {
  if (call.by === 'kms') return describeKms(call.plan.accountId)
  if (call.by.startsWith('service:')) return describeService(call.by.slice(8), call.plan.accountId)
  return findActor(known.actors, times.seed, call.by, call.at, call)
}

/**
 * The record of a call as this account gets it; null where it gets none: strangers' calls, and
 * what was refused to others.
 */
function recordFor(
  times: Times,
  call: PastCall,
  accountId: string,
  known: Known,
): TrailEvent | null {
  const { seed } = times
  const actor = actorOf(times, call, known)
  const own = actor.accountId === accountId
  const denied = call.error?.code === 'AccessDenied'
  if (!own && (call.plan.accountId !== accountId || denied)) return null
  const shared = actor.accountId !== call.plan.accountId && !denied
  const eventId = eventIdFor(seed, call, accountId)
  const resource = resourceOf(seed, call.plan, known)
  const crypto = isCrypto(call.operation)
  const record: TrailRecord = {
    eventVersion: '1.11',
    userIdentity: own ? actor.identity : actor.foreignIdentity,
    eventTime: isoTime(call.at),
    eventSource: 'kms.amazonaws.com',
    eventName: call.operation,
    awsRegion: call.plan.region,
    sourceIPAddress: actor.sourceIp,
    userAgent: actor.userAgent,
    ...describeError(call, actor, resource.ARN),
    requestParameters: denied ? null : (call.parameters ?? null),
    responseElements: call.error ? null : (call.response ?? null),
    ...(crypto && !call.error ? describeMaterial(times, call, known) : {}),
    requestID: requestIdFor(seed, call),
    eventID: eventId,
    readOnly: crypto || /^(Get|List|Describe)/.test(call.operation),
    ...(denied
      ? {}
      : { resources: call.operation === 'ReEncrypt' ? [resource, resource] : [resource] }),
    eventType: call.by === 'kms' ? 'AwsServiceEvent' : 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: accountId,
    ...(call.details ? { serviceEventDetails: call.details } : {}),
    ...(shared ? { sharedEventID: makeUuid(seed, `shared/${call.id}`) } : {}),
    eventCategory: 'Management',
    ...describeTls(call, actor),
  }
  return { eventId, at: call.at, record }
}

function resourceOf(seed: number, plan: KeyPlan, known: Known) {
  let resource = known.keys.get(plan)
  if (!resource)
    known.keys.set(
      plan,
      (resource = {
        accountId: plan.accountId,
        type: 'AWS::KMS::Key',
        ARN: makeKeyArn(seed, plan),
      }),
    )
  return resource
}

function describeError(call: PastCall, actor: Actor, arn: string): Record<string, string> {
  if (!call.error) return {}
  const { code, message } = call.error
  const user =
    'arn' in actor.identity && typeof actor.identity.arn === 'string'
      ? actor.identity.arn
      : actor.principalId
  if (code === 'ThrottlingException') {
    return {
      errorCode: code,
      errorMessage:
        'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
    }
  }
  if (code !== 'AccessDenied') return { errorCode: code, errorMessage: `${arn} ${message}` }
  const refused = `User: ${user} is not authorized to perform: kms:${call.operation}`
  // Of a ciphertext AWS does not say whose it is.
  const why = isCrypto(call.operation)
    ? 'on the resource associated with this ciphertext because the resource does not exist ' +
      'in this Region, no resource-based policies ' +
      'allow access, or a resource-based policy explicitly denies access'
    : `on resource: ${arn} with an explicit deny in a service control policy`
  return { errorCode: code, errorMessage: `${refused} ${why}` }
}

/** additionalEventData of symmetric cryptography: the material that was current then. */
function describeMaterial(times: Times, call: PastCall, known: Known): Record<string, unknown> {
  const { plan } = call
  if ((plan.spec ?? 'SYMMETRIC_DEFAULT') !== 'SYMMETRIC_DEFAULT' || plan.keyStore) return {}
  let materials = known.materials.get(plan)
  if (!materials) known.materials.set(plan, (materials = listMaterials(times, plan)))
  const current = materials.findLast((material) => material.since <= call.at) ?? materials[0]
  return current ? { additionalEventData: current.shown } : {}
}

type MaterialSince = { since: number; shown: { keyMaterialId: string } }

function listMaterials({ seed, now }: Times, plan: KeyPlan): MaterialSince[] {
  const family = plan.multiRegion && plan.multiRegion !== 'primary' ? plan.multiRegion : plan.handle
  const imported = (plan.imported ?? [])
    .filter((material) => !material.pending)
    .map((material) => now - material.daysAgo * DAY)
  const since =
    plan.origin === 'EXTERNAL'
      ? imported
      : [0, ...listRotations(now, plan).map((rotation) => rotation.at)]
  return since.map((at, index) => ({
    since: at,
    shown: { keyMaterialId: makeMaterialId(seed, family, index) },
  }))
}

/** Newer SDKs agree on post-quantum keys; some workloads are not there yet. */
function describeTls(call: PastCall, actor: Actor): Record<string, unknown> {
  if (call.via || call.by === 'kms' || call.by.startsWith('service:')) return {}
  const keyExchange = hashText(actor.userAgent + call.by) % 3 === 0 ? 'x25519' : 'X25519MLKEM768'
  return {
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: `kms.${call.plan.region}.amazonaws.com`,
      keyExchange,
    },
  }
}
