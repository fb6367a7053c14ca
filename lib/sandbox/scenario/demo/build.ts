import type { Key, World } from '../../world'
import { addConsoleRoles, addHostUser, addTrailRole } from '../console-roles'
import { addKey, type Times } from '../keys'
import type { KeyPlan } from '../plan'
import { makeUuid } from '../random'
import { DAY, makeAccount, makeWorld } from '../make'
import { attachFullAccess, makeOrganization } from '../organization'
import { ACCOUNT, ACCOUNTS, COMPANY, UNIT } from './company'
import { addGuardrails } from './guardrails'
import { addPeople } from './iam'
import { findLastUse } from './calls'
import { eventIdFor, requestIdFor } from './history'
import { arnOfKey, findPrimaryRegion, KEYS } from './keys'
import { furnish, KEY_STORE_IDS } from './places'
import type { DatedScenario } from '../options'

export function buildDemo(options: Pick<DatedScenario, 'seed' | 'now' | 'externalId'>): World {
  const { now } = options
  const world = makeWorld('demo', options.seed ?? 1, now)
  const organization = makeOrganization({
    id: COMPANY.organizationId,
    rootId: COMPANY.rootId,
    managementAccountId: ACCOUNT.management,
    units: [
      { ...UNIT.infrastructure, parentId: COMPANY.rootId },
      { ...UNIT.workloads, parentId: COMPANY.rootId },
      { ...UNIT.production, parentId: UNIT.workloads.id },
      { ...UNIT.sandbox, parentId: UNIT.workloads.id },
    ],
  })
  world.organization = organization
  for (const plan of ACCOUNTS) {
    const joinedAt = now - plan.joinedDaysAgo * DAY
    const account = makeAccount(world, {
      id: plan.id,
      name: plan.name,
      email: `${plan.mail}@${COMPANY.domain}`,
      joinedAt,
    })
    organization.parentOf.set(plan.id, plan.unit ?? COMPANY.rootId)
    attachFullAccess(organization, plan.id)
    addPeople(world, account, now, arnOfKey(world.seed))
    const createdAt = now - 120 * DAY
    if (plan.id === ACCOUNT.management) addHostUser(world, account, createdAt)
    addConsoleRoles(world, account, {
      managementAccountId: ACCOUNT.management,
      externalId: options.externalId,
      createdAt,
      lacks: plan.id === ACCOUNT.shared ? ['kms:ListGrants', 'kms:GetKeyLastUsage'] : [],
      readOnly: plan.id === ACCOUNT.security,
    })
  }
  addGuardrails(organization)
  for (const plan of KEYS) {
    const keyStore = plan.keyStore === undefined ? undefined : KEY_STORE_IDS[plan.keyStore]
    const key = addKey(world, now, { ...plan, keyStore }, findPrimaryRegion(plan))
    key.lastUsage = lastUsageOf({ seed: world.seed, now }, plan)
  }
  furnish(world, now)
  addTrailRoles(world, options)
  return world
}

/** One for each bucket that a trail delivers into, in the account that owns it. */
function addTrailRoles(
  world: World,
  { now, externalId }: Pick<DatedScenario, 'now' | 'externalId'>,
): void {
  const roles = {
    managementAccountId: ACCOUNT.management,
    externalId,
    createdAt: now - 120 * DAY,
  }
  const trails = [...world.accounts.values()].flatMap((account) =>
    [...account.regions.values()].flatMap((region) => region.trails),
  )
  for (const { s3BucketName, kmsKeyArn } of trails) {
    const bucket = world.buckets.get(s3BucketName)
    const account = bucket && world.accounts.get(bucket.accountId)
    if (!account) continue
    addTrailRole(world, account, roles, {
      bucket: bucket.name,
      region: bucket.region,
      kmsKeyArn,
    })
  }
}

/**
 * Returns the last use: from the trail where it is there, before it as the plan says. AWS tracks it
 * since April 2026.
 */
function lastUsageOf(times: Times, plan: KeyPlan): Key['lastUsage'] {
  const { seed, now } = times
  const last = findLastUse(times, plan)
  if (last)
    return {
      operation: last.operation,
      at: last.at,
      eventId: eventIdFor(seed, last, plan.accountId),
      requestId: requestIdFor(seed, last),
    }
  if (!plan.lastUsed) return null
  const at = now - plan.lastUsed.daysAgo * DAY - 3_723_000
  const name = `last-use/${plan.handle}`
  return at < TRACKING_START
    ? null
    : {
        operation: plan.lastUsed.operation,
        at,
        eventId: makeUuid(seed, name),
        requestId: makeUuid(seed, `${name}/request`),
      }
}

const TRACKING_START = Date.UTC(2026, 3, 23)
