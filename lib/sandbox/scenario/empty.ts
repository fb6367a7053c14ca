import type { World } from '../world'
import { addConsoleRoles, addHostUser } from './console-roles'
import { ADMINISTRATOR, addUser, DAY, makeAccount, makeWorld } from './make'
import { attachFullAccess, makeOrganization } from './organization'
import type { DatedScenario } from './options'

/**
 * An organization of a management account and one member, with the console's roles and an
 * administrator each; no keys.
 */
export function buildEmpty(options: Pick<DatedScenario, 'seed' | 'now' | 'externalId'>): World {
  return buildPlain('empty', ['111122223333', '444455556666'], options)
}

export function buildPlain(
  scenario: string,
  ids: string[],
  options: Pick<DatedScenario, 'seed' | 'now' | 'externalId'>,
): World {
  const world = makeWorld(scenario, options.seed ?? 1, options.now)
  const [managementAccountId = '111122223333'] = ids
  const createdAt = options.now - 30 * DAY
  world.organization = makeOrganization({
    id: 'o-plain00001',
    rootId: 'r-pl01',
    managementAccountId,
    units: [],
  })
  for (const [index, id] of ids.entries()) {
    const name = index === 0 ? 'management' : `member-${String(index).padStart(2, '0')}`
    const account = makeAccount(world, {
      id,
      name,
      email: `aws+${name}@sandbox.example`,
      joinedAt: options.now - 400 * DAY,
    })
    world.organization.parentOf.set(id, 'r-pl01')
    attachFullAccess(world.organization, id)
    addUser(world, account, { name: 'admin', createdAt, attached: [ADMINISTRATOR] })
    if (index === 0) addHostUser(world, account, createdAt)
    addConsoleRoles(world, account, {
      managementAccountId,
      externalId: options.externalId,
      createdAt,
    })
  }
  return world
}
