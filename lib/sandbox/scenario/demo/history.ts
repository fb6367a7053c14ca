import { showAnswer, showRequest } from '../../kms/trail-notes'
import { isReadOnlyInKms } from '../../record/read-only'
import { describeTls, writeRecord } from '../../record/write'
import type { TrailEvent } from '../../world'
import { listRotations, makeKeyArn, makeMaterialId, type Times } from '../keys'
import { DAY } from '../make'
import type { KeyPlan } from '../plan'
import { hashText, makeUuid } from '../random'
import { describeKms, describeService, findActor, type Actor, type KnownActors } from './actors'
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
  const isByKms = call.by === 'kms'
  const record = writeRecord({
    at: call.at,
    source: 'kms.amazonaws.com',
    operation: call.operation,
    region: call.plan.region,
    identity: own ? actor.identity : actor.foreignIdentity,
    sourceIp: actor.sourceIp,
    userAgent: actor.userAgent,
    error: call.error ? describeError(call, actor, resource.ARN) : null,
    readOnly: isReadOnlyInKms(call.operation) && !isByKms,
    requestParameters: isByKms ? null : showRequest(call.operation, call.input),
    responseElements: showAnswer(call.operation, call.output ?? {}, resource.ARN),
    additionalEventData: call.error ? undefined : describeMaterial(times, call, known),
    resources: call.operation === 'ReEncrypt' ? [resource, resource] : [resource],
    requestId: isByKms ? undefined : requestIdFor(seed, call),
    eventId,
    eventType: isByKms ? 'AwsServiceEvent' : 'AwsApiCall',
    recipientAccountId: accountId,
    sharedEventId: shared ? makeUuid(seed, `shared/${call.id}`) : undefined,
    details: call.details,
    tls: describeTlsOf(call, actor),
  })
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

function describeError(call: PastCall, actor: Actor, arn: string) {
  const { code = '', message = '' } = call.error ?? {}
  const user =
    'arn' in actor.identity && typeof actor.identity.arn === 'string'
      ? actor.identity.arn
      : actor.principalId
  if (code === 'ThrottlingException') {
    return {
      code,
      message:
        'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
    }
  }
  if (code !== 'AccessDenied') return { code, message: `${arn} ${message}` }
  const refused = `User: ${user} is not authorized to perform: kms:${call.operation}`
  // Of a ciphertext AWS does not say whose it is.
  const why = isCrypto(call.operation)
    ? 'on the resource associated with this ciphertext because the resource does not exist ' +
      'in this Region, no resource-based policies ' +
      'allow access, or a resource-based policy explicitly denies access'
    : `on resource: ${arn} with an explicit deny in a service control policy`
  return { code, message: `${refused} ${why}` }
}

/** additionalEventData of symmetric cryptography: the material that was current then. */
function describeMaterial(
  times: Times,
  call: PastCall,
  known: Known,
): Record<string, unknown> | undefined {
  const { plan } = call
  const isSymmetric = (plan.spec ?? 'SYMMETRIC_DEFAULT') === 'SYMMETRIC_DEFAULT'
  if (!isCrypto(call.operation) || !isSymmetric || plan.keyStore) return undefined
  let materials = known.materials.get(plan)
  if (!materials) known.materials.set(plan, (materials = listMaterials(times, plan)))
  const current = materials.findLast((material) => material.since <= call.at) ?? materials[0]
  if (!current || call.operation !== 'ReEncrypt') return current?.shown
  const { keyMaterialId } = current.shown
  return { sourceKeyMaterialId: keyMaterialId, destinationKeyMaterialId: keyMaterialId }
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
function describeTlsOf(call: PastCall, actor: Actor): object | undefined {
  if (call.via || call.by === 'kms' || call.by.startsWith('service:')) return undefined
  const keyExchange = hashText(actor.userAgent + call.by) % 3 === 0 ? 'x25519' : 'X25519MLKEM768'
  return describeTls(`kms.${call.plan.region}.amazonaws.com`, keyExchange)
}
