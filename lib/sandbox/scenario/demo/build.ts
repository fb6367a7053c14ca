import type { World } from '../../world'
import type { ScenarioOptions } from '../build'
import { addConsoleRoles, addHostUser } from '../console-roles'
import { addKey } from '../keys'
import { DAY, makeAccount, makeWorld } from '../make'
import { attachFullAccess, makeOrganization } from '../organization'
import { ACCOUNT, ACCOUNTS, COMPANY, UNIT } from './company'
import { addGuardrails } from './guardrails'
import { addPeople } from './iam'
import { arnOfKey, findPrimaryRegion, KEYS } from './keys'
import { furnish, KEY_STORE_IDS } from './places'

export function buildDemo(options: Pick<ScenarioOptions, 'seed' | 'now' | 'externalId'>): World {
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
    const account = makeAccount(world, { id: plan.id, name: plan.name, email: `${plan.mail}@${COMPANY.domain}`, joinedAt })
    organization.parentOf.set(plan.id, plan.unit ?? COMPANY.rootId)
    attachFullAccess(organization, plan.id)
    addPeople(world, account, now, arnOfKey(world.seed))
    const createdAt = now - 120 * DAY
    if (plan.id === ACCOUNT.management) addHostUser(world, account, createdAt)
    addConsoleRoles(world, account, {
      managementAccountId: ACCOUNT.management, externalId: options.externalId, createdAt,
      lacks: plan.id === ACCOUNT.shared ? ['kms:ListGrants', 'kms:GetKeyLastUsage'] : [],
      readOnly: plan.id === ACCOUNT.security,
    })
  }
  addGuardrails(organization)
  for (const plan of KEYS) {
    const keyStore = plan.keyStore === undefined ? undefined : KEY_STORE_IDS[plan.keyStore]
    addKey(world, now, { ...plan, keyStore }, findPrimaryRegion(plan))
  }
  furnish(world, now)
  return world
}
