import { createHash } from 'node:crypto'
import { AwsError, type Call, type Place } from './call'
import { sandboxNow } from './clock'
import { listedBeforeUse } from './kms/predefined'
import { defaultRegions, optInRegions } from './regions'
import type { Account, IamRole, IamUser, RegionState, World } from './world'

const administratorAccess = 'arn:aws:iam::aws:policy/AdministratorAccess'

/**
 * The account, made empty with a user `admin` when it is not there yet: outside the
 * organization, default Regions enabled.
 */
export function openAccount(world: World, accountId: string): Account {
  const known = world.accounts.get(accountId)
  if (known) return withAdmin(world, known)
  const made = emptyAccount(accountId, `account-${accountId}`, sandboxNow(world))
  for (const region of made.regions.values())
    if (region.optStatus !== 'DISABLED') addUnusedAliases(region, made.joinedAt)
  world.accounts.set(accountId, made)
  return withAdmin(world, made)
}

/** AWS's own aliases stand in every Region before their keys do. */
function addUnusedAliases(region: RegionState, at: number): void {
  for (const name of listedBeforeUse)
    region.aliases.set(name, { name, targetKeyId: null, createdAt: at, updatedAt: at })
}

export function emptyAccount(id: string, name: string, joinedAt: number): Account {
  return {
    id,
    name,
    email: `${name}@example.com`,
    joinedAt,
    state: 'ACTIVE',
    users: new Map(),
    groups: new Map(),
    roles: new Map(),
    policies: new Map(),
    regions: new Map([
      ...defaultRegions.map(
        (region) => [region, emptyRegion(region, 'ENABLED_BY_DEFAULT')] as const,
      ),
      ...optInRegions.map((region) => [region, emptyRegion(region, 'DISABLED')] as const),
    ]),
  }
}

function emptyRegion(name: string, optStatus: RegionState['optStatus']): RegionState {
  return {
    name,
    optStatus,
    keys: new Map(),
    aliases: new Map(),
    keyStores: new Map(),
    events: [],
    trails: [],
    usage: new Map(),
    quotaOverrides: new Map(),
    quotaRequests: [],
  }
}

/** A unique id as IAM gives them, the same for the same name at every run. */
export function entityId(prefix: 'AIDA' | 'AROA' | 'AGPA' | 'ANPA', text: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bytes = createHash('sha256').update(`${prefix}:${text}`).digest()
  return prefix + Array.from(bytes.subarray(0, 17), (byte) => letters[byte & 31]).join('')
}

function withAdmin(world: World, account: Account): Account {
  if (account.users.has('admin')) return account
  const arn = `arn:aws:iam::${account.id}:user/admin`
  account.users.set('admin', {
    name: 'admin',
    path: '/',
    arn,
    id: entityId('AIDA', arn),
    createdAt: sandboxNow(world),
    inlinePolicies: new Map(),
    attachedPolicyArns: [administratorAccess],
    permissionsBoundaryArn: null,
    tags: new Map(),
    groups: [],
  })
  return account
}

export function findUser(world: World, arn: string): IamUser | null {
  const user = world.accounts.get(arn.split(':')[4] ?? '')?.users.get(arn.split('/').at(-1) ?? '')
  return user?.arn === arn ? user : null
}

export function findRole(world: World, arn: string): IamRole | null {
  const role = world.accounts.get(arn.split(':')[4] ?? '')?.roles.get(arn.split('/').at(-1) ?? '')
  return role?.arn === arn ? role : null
}

/**
 * The caller's own account and Region. Throws as AWS does where the account
 * has not enabled the Region.
 */
export function placeOf(call: Call): Place {
  const account =
    call.world.accounts.get(call.caller.accountId) ?? openAccount(call.world, call.caller.accountId)
  const state = account.regions.get(call.region)
  if (!state || state.optStatus === 'DISABLED') {
    throw new AwsError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    )
  }
  return { account, state }
}
