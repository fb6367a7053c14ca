import type { Grant, Key, Material, World } from '../world'
import { DAY, HOUR } from './make'
import type { GrantPlan, KeyPlan } from './plan'
import { makeUuid, randomFor } from './random'

export type Times = { seed: number; now: number }

function findKeyId(seed: number, plan: KeyPlan): string {
  if (plan.multiRegion === undefined) return makeUuid(seed, `key/${plan.handle}`)
  const family = plan.multiRegion === 'primary' ? plan.handle : plan.multiRegion
  return `mrk-${randomFor(seed, `key/${family}`).hex(32)}`
}

export function makeKeyArn(seed: number, plan: KeyPlan): string {
  return `arn:aws:kms:${plan.region}:${plan.accountId}:key/${findKeyId(seed, plan)}`
}

/** People act by day: some time between eight and four, UTC, of the day before. */
export function findOfficeTime({ seed, now }: Times, daysAgo: number, name: string): number {
  const day = Math.floor((now - daysAgo * DAY) / DAY) * DAY - DAY
  return day + 8 * HOUR + randomFor(seed, `time/${name}`).int(8 * HOUR)
}

export const findCreationTime = (times: Times, plan: KeyPlan) =>
  findOfficeTime(times, plan.createdDaysAgo, plan.handle)
export const findScheduleTime = (times: Times, plan: KeyPlan) =>
  findOfficeTime(times, plan.deletion?.scheduledDaysAgo ?? 0, `${plan.handle}/deletion`)

export function findGrantTime(
  times: Times,
  plan: KeyPlan,
  grant: GrantPlan,
  index: number,
): number {
  const name = `grant/${plan.handle}/${index}/time`
  if (grant.by) return findOfficeTime(times, grant.daysAgo, name)
  return times.now - grant.daysAgo * DAY - randomFor(times.seed, name).int(6 * HOUR)
}

/** Puts the key, its aliases and its grants where the plan says. */
export function addKey(
  world: World,
  now: number,
  plan: KeyPlan,
  primaryRegion: string | null,
): Key {
  const state = world.accounts.get(plan.accountId)?.regions.get(plan.region)
  if (!state) throw new Error(`no place for key ${plan.handle}`)
  const key = makeKey({ seed: world.seed, now }, plan, primaryRegion)
  state.keys.set(key.keyId, key)
  const names = plan.awsManaged ? [plan.awsManaged] : (plan.aliases ?? [])
  for (const short of names) {
    const name = `alias/${short}`
    state.aliases.set(name, {
      name,
      targetKeyId: key.keyId,
      createdAt: key.createdAt + 2_000,
      updatedAt: key.createdAt + 2_000,
    })
  }
  return key
}

/** The key of a plan, wherever it will stand. */
export function makeKey(times: Times, plan: KeyPlan, primaryRegion: string | null): Key {
  const { seed, now } = times
  const keyId = findKeyId(seed, plan)
  const arn = makeKeyArn(seed, plan)
  const createdAt = findCreationTime(times, plan)
  const deletion = plan.deletion
  return {
    accountId: plan.accountId,
    region: plan.region,
    keyId,
    arn,
    createdAt,
    description: plan.description ?? '',
    keyUsage: plan.usage ?? 'ENCRYPT_DECRYPT',
    keySpec: plan.spec ?? 'SYMMETRIC_DEFAULT',
    origin: plan.origin ?? 'AWS_KMS',
    manager: plan.awsManaged ? 'AWS' : 'CUSTOMER',
    state: plan.state ?? (deletion ? 'PendingDeletion' : 'Enabled'),
    settles: null,
    deletionAt:
      deletion && plan.state === undefined
        ? findScheduleTime(times, plan) + deletion.windowDays * DAY
        : null,
    pendingWindowDays: deletion?.windowDays ?? null,
    policy: typeof plan.policy === 'string' ? plan.policy : JSON.stringify(plan.policy, null, 2),
    tags: new Map(Object.entries(plan.tags ?? {})),
    grants: new Map(
      (plan.grants ?? [])
        .map((grant, index) => makeGrant(times, plan, grant, index))
        .map((grant) => [grant.grantId, grant]),
    ),
    customKeyStoreId: plan.keyStore ?? null,
    xksKeyId: plan.xksKeyId ?? null,
    multiRegion:
      primaryRegion === null
        ? null
        : { type: plan.multiRegion === 'primary' ? 'PRIMARY' : 'REPLICA', primaryRegion },
    rotation: makeRotation(now, plan),
    onDemand: null,
    materials: makeMaterials(times, plan),
    lastUsage: null,
  }
}

function canRotate(plan: KeyPlan): boolean {
  return (
    (plan.spec ?? 'SYMMETRIC_DEFAULT') === 'SYMMETRIC_DEFAULT' &&
    (plan.origin ?? 'AWS_KMS') === 'AWS_KMS'
  )
}

function makeRotation(now: number, plan: KeyPlan): Key['rotation'] {
  if (!canRotate(plan)) return null
  const since = findRotatingSince(now, plan)
  const periodDays = plan.rotation?.periodDays ?? 365
  if (since === null) return { enabled: false, periodDays, nextAt: 0 }
  const done = Math.floor((now - since) / (periodDays * DAY))
  return { enabled: !plan.rotation?.off, periodDays, nextAt: since + (done + 1) * periodDays * DAY }
}

/** A replica rotates as its primary does, from before it was there. */
function findRotatingSince(now: number, plan: KeyPlan): number | null {
  if (plan.rotation) return now - plan.rotation.enabledDaysAgo * DAY + HOUR
  return plan.awsManaged ? now - plan.createdDaysAgo * DAY + HOUR : null
}

type Rotated = { at: number; type: 'AUTOMATIC' | 'ON_DEMAND' }

/**
 * Automatic rotations follow from when it was switched on; on-demand ones are named. Oldest first.
 */
export function listRotations(now: number, plan: KeyPlan): Rotated[] {
  if (!canRotate(plan)) return []
  const since = findRotatingSince(now, plan)
  const period = (plan.rotation?.periodDays ?? 365) * DAY
  const automatic: Rotated[] = []
  if (since !== null)
    for (let at = since + period; at < now; at += period) automatic.push({ at, type: 'AUTOMATIC' })
  const onDemand = (plan.rotatedDaysAgo ?? []).map(
    (days): Rotated => ({ at: now - days * DAY - 3 * HOUR, type: 'ON_DEMAND' }),
  )
  return [...automatic, ...onDemand].sort((a, b) => a.at - b.at)
}

export function makeMaterialId(seed: number, family: string, index: number): string {
  return randomFor(seed, `material/${family}/${index}`).hex(64)
}

function makeMaterials({ seed, now }: Times, plan: KeyPlan): Material[] {
  const family = plan.multiRegion && plan.multiRegion !== 'primary' ? plan.multiRegion : plan.handle
  if (plan.origin === 'EXTERNAL') return makeImported({ seed, now }, plan, family)
  const rotations = listRotations(now, plan)
  return [null, ...rotations].map(
    (rotation, index): Material => ({
      id: makeMaterialId(seed, family, index),
      secret: null,
      publicKey: null,
      state: index === rotations.length ? 'CURRENT' : 'NON_CURRENT',
      importState: null,
      expirationModel: null,
      validTo: null,
      description: null,
      rotatedAt: rotation?.at ?? null,
      rotationType: rotation?.type ?? null,
    }),
  )
}

function makeImported({ seed, now }: Times, plan: KeyPlan, family: string): Material[] {
  const imports = plan.imported ?? []
  const current = imports.findLastIndex((material) => !material.pending)
  return imports.map((material, index): Material => {
    const expires = material.expiresInDays
    const gone = material.deleted || (expires !== undefined && expires <= 0)
    return {
      id: makeMaterialId(seed, family, index),
      secret: null,
      publicKey: null,
      state: material.pending ? 'PENDING_ROTATION' : index === current ? 'CURRENT' : 'NON_CURRENT',
      importState: gone ? 'PENDING_IMPORT' : 'IMPORTED',
      expirationModel: gone
        ? null
        : expires === undefined
          ? 'KEY_MATERIAL_DOES_NOT_EXPIRE'
          : 'KEY_MATERIAL_EXPIRES',
      validTo: gone || expires === undefined ? null : now + expires * DAY + 5 * HOUR,
      description: material.description ?? null,
      rotatedAt: index === 0 || material.pending ? null : now - material.daysAgo * DAY + HOUR,
      rotationType: index === 0 || material.pending ? null : 'ON_DEMAND',
    }
  })
}

function makeGrant({ seed, now }: Times, key: KeyPlan, plan: GrantPlan, index: number): Grant {
  const name = `grant/${key.handle}/${index}`
  return {
    grantId: randomFor(seed, name).hex(64),
    name: plan.name ?? null,
    createdAt: findGrantTime({ seed, now }, key, plan, index),
    granteePrincipal: plan.grantee ?? null,
    granteeServicePrincipal: plan.granteeService ?? null,
    retiringPrincipal: plan.retiring ?? null,
    retiringServicePrincipal: plan.retiringService ?? null,
    issuingAccount: `arn:aws:iam::${plan.issuer ?? key.accountId}:root`,
    operations: plan.operations,
    encryptionContextSubset: plan.subset ? new Map(Object.entries(plan.subset)) : null,
    encryptionContextEquals: plan.equals ? new Map(Object.entries(plan.equals)) : null,
    sourceArn: plan.sourceArn ?? null,
    tokens: [],
  }
}
