import { emptyAccount } from '../accounts'
import type { Account, IamEntity, IamGroup, IamRole, IamUser, World } from '../world'
import { makeUniqueId, randomFor } from './random'

export const DAY = 86_400_000
export const HOUR = 3_600_000
export const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess'

export function makeWorld(scenario: string, seed: number, now: number): World {
  return {
    scenario,
    seed,
    clockAheadMs: 0,
    builtAt: now,
    accounts: new Map(),
    organization: null,
    accessKeys: new Map(),
    sessions: new Map(),
    buckets: new Map(),
    trailSigners: new Map(),
    athena: { answers: [], workGroups: new Map(), executions: new Map() },
  }
}

export function makeAccount(
  world: World,
  account: { id: string; name: string; email: string; joinedAt: number },
): Account {
  const made = { ...emptyAccount(account.id, account.name, account.joinedAt), email: account.email }
  world.accounts.set(made.id, made)
  return made
}

export type EntityPlan = {
  name: string
  path?: string
  createdAt: number
  inline?: Record<string, object>
  attached?: string[]
  boundary?: string
  tags?: Record<string, string>
}

function makeEntity(
  world: World,
  account: Account,
  kind: 'user' | 'role',
  plan: EntityPlan,
): IamEntity {
  const path = plan.path ?? '/'
  return {
    name: plan.name,
    path,
    arn: `arn:aws:iam::${account.id}:${kind}${path}${plan.name}`,
    id: makeUniqueId(world.seed, kind === 'user' ? 'AIDA' : 'AROA', `${account.id}/${plan.name}`),
    createdAt: plan.createdAt,
    inlinePolicies: new Map(
      Object.entries(plan.inline ?? {}).map(([name, document]) => [name, JSON.stringify(document)]),
    ),
    attachedPolicyArns: plan.attached ?? [],
    permissionsBoundaryArn: plan.boundary ?? null,
    tags: new Map(Object.entries(plan.tags ?? {})),
  }
}

/** The user and one access key for it. */
export function addUser(
  world: World,
  account: Account,
  plan: EntityPlan & { groups?: string[] },
): IamUser {
  const user: IamUser = { ...makeEntity(world, account, 'user', plan), groups: plan.groups ?? [] }
  account.users.set(user.name, user)
  addAccessKey(world, account, user)
  return user
}

/**
 * Roles get one too (GET credentials): the sandbox's tests act as any principal,
 * whatever its trust policy says.
 */
function addAccessKey(world: World, account: Account, entity: IamEntity): void {
  const accessKeyId = makeUniqueId(world.seed, 'AKIA', `${account.id}/${entity.name}`).slice(0, 20)
  world.accessKeys.set(accessKeyId, {
    accessKeyId,
    secretAccessKey: makeSecret(world.seed, entity.arn),
    principalArn: entity.arn,
  })
}

export type RolePlan = EntityPlan & {
  trust: object
  description?: string
  maxSessionHours?: number
  lastUsedAt?: number | null
}

export function addRole(world: World, account: Account, plan: RolePlan): IamRole {
  const role: IamRole = {
    ...makeEntity(world, account, 'role', plan),
    trustPolicy: JSON.stringify(plan.trust),
    maxSessionSeconds: (plan.maxSessionHours ?? 1) * 3600,
    description: plan.description ?? '',
    lastUsedAt: plan.lastUsedAt ?? null,
  }
  account.roles.set(role.name, role)
  addAccessKey(world, account, role)
  return role
}

export function addGroup(
  world: World,
  account: Account,
  plan: Omit<EntityPlan, 'boundary' | 'tags'>,
): IamGroup {
  const path = plan.path ?? '/'
  const group: IamGroup = {
    name: plan.name,
    path,
    arn: `arn:aws:iam::${account.id}:group${path}${plan.name}`,
    id: makeUniqueId(world.seed, 'AGPA', `${account.id}/${plan.name}`),
    createdAt: plan.createdAt,
    inlinePolicies: new Map(
      Object.entries(plan.inline ?? {}).map(([name, document]) => [name, JSON.stringify(document)]),
    ),
    attachedPolicyArns: plan.attached ?? [],
  }
  account.groups.set(group.name, group)
  return group
}

/** Returns the new policy's ARN. */
export function addManagedPolicy(
  world: World,
  account: Account,
  name: string,
  document: object,
  createdAt: number,
  path = '/',
): string {
  const arn = `arn:aws:iam::${account.id}:policy${path}${name}`
  const id = makeUniqueId(world.seed, 'ANPA', arn)
  account.policies.set(arn, { arn, id, name, path, document: JSON.stringify(document), createdAt })
  return arn
}

/** A made-up secret, the same for a seed: it opens nothing but the sandbox. */
function makeSecret(seed: number, name: string): string {
  const random = randomFor(seed, `secret/${name}`)
  return Buffer.from(Array.from({ length: 30 }, () => random.int(256))).toString('base64')
}

export const trust = {
  service: (...services: string[]) =>
    trustStatement({ Service: services.length === 1 ? services[0] : services }),
  arn: (...arns: string[]) => trustStatement({ AWS: arns.length === 1 ? arns[0] : arns }),
}

function trustStatement(principal: object): object {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
  }
}
