import type { World } from '../../world'
import type { ScenarioOptions } from '../build'
import { addConsoleRoles, addHostUser } from '../console-roles'
import { addKey } from '../keys'
import { ADMINISTRATOR, addUser, DAY, makeAccount, makeWorld } from '../make'
import { attachFullAccess, makeOrganization } from '../organization'
import { ACCOUNT, ACCOUNTS, COMPANY, UNIT } from './company'
import { FIRST } from './keys-first'

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
    addUser(world, account, { name: 'admin', createdAt: joinedAt, attached: [ADMINISTRATOR] })
    const createdAt = now - 120 * DAY
    if (plan.id === ACCOUNT.management) addHostUser(world, account, createdAt)
    addConsoleRoles(world, account, {
      managementAccountId: ACCOUNT.management, externalId: options.externalId, createdAt,
      lacks: plan.id === ACCOUNT.shared ? ['kms:ListGrants', 'kms:GetKeyLastUsage'] : [],
      readOnly: plan.id === ACCOUNT.security,
    })
  }
  for (const plan of FIRST) addKey(world, now, plan, null)
  return world
}
