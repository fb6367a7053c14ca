import type { Call } from '../call'
import { findRole, findUser } from '../accounts'
import type { Key, Organization } from '../world'
import type { RequestContext } from './request-context'
import { trailingDaysWithoutUsage } from './last-usage'
import type { Lookup } from './patterns'

export type ContextSource = {
  call: Call
  key: Key | null
  resourceAccountId: string
  extra: RequestContext
}

/**
 * Returns a lookup that works out each condition key of one request when it is asked for. In
 * resource policies kms:ResourceAliases is absent: it works in IAM policies only.
 */
export function makeLookup(source: ContextSource, policyKind: 'identity' | 'resource'): Lookup {
  const given = lowerCased(source.extra)
  return (name) => {
    const own = given.get(name)
    if (own !== undefined) return own
    if (name === 'kms:resourcealiases')
      return policyKind === 'identity' ? resourceAliases(source) : undefined
    if (name.startsWith('aws:')) return globalKey(name, source)
    return name.startsWith('kms:') ? keyOfKms(name, source) : undefined
  }
}

function lowerCased(extra: RequestContext): Map<string, string[]> {
  const given = new Map<string, string[]>()
  for (const [name, value] of Object.entries(extra)) {
    if (value !== undefined)
      given.set(name.toLowerCase(), Array.isArray(value) ? value : [String(value)])
  }
  return given
}

function globalKey(name: string, source: ContextSource): string[] | undefined {
  const slash = name.indexOf('/')
  const [prefix, tag] =
    slash < 0 ? [name, undefined] : [name.slice(0, slash), name.slice(slash + 1)]
  if (prefix === 'aws:principaltag') return one(principalTag(source.call, tag))
  if (prefix === 'aws:resourcetag')
    return one(source.key ? tagValue(source.key.tags, tag) : undefined)
  if (prefix.startsWith('aws:principal') || prefix.startsWith('aws:user'))
    return principalKey(prefix, source.call)
  return resourceKey(prefix, source) ?? callKey(prefix, source.call)
}

function resourceKey(
  name: string,
  { call, resourceAccountId }: ContextSource,
): string[] | undefined {
  switch (name) {
    case 'aws:resourceaccount':
      return [resourceAccountId]
    case 'aws:resourceorgid':
      return one(organizationOf(call, resourceAccountId)?.id)
    case 'aws:resourceorgpaths':
      return one(organizationPath(call, resourceAccountId))
    default:
      return undefined
  }
}

function callKey(name: string, call: Call): string[] | undefined {
  switch (name) {
    case 'aws:sourceip':
      return [call.sourceIp]
    case 'aws:currenttime':
      return [new Date(call.now).toISOString()]
    case 'aws:epochtime':
      return [String(Math.floor(call.now / 1000))]
    case 'aws:requestedregion':
      return [call.region]
    // The sandbox stands for AWS behind TLS, though loopback has none.
    case 'aws:securetransport':
      return ['true']
    case 'aws:viaawsservice':
      return ['false']
    case 'aws:sourceidentity':
      return one(call.caller.sourceIdentity ?? undefined)
    case 'aws:tokenissuetime':
      return one(isoOrNothing(call.caller.sessionCreatedAt))
    case 'aws:multifactorauthpresent':
      return call.caller.kind === 'role-session' ? ['false'] : undefined
    default:
      return undefined
  }
}

function principalKey(name: string, call: Call): string[] | undefined {
  const { caller } = call
  switch (name) {
    case 'aws:principalarn':
      return [caller.entityArn]
    case 'aws:principalaccount':
      return [caller.accountId]
    case 'aws:principaltype':
      return [caller.kind === 'user' ? 'User' : caller.kind === 'root' ? 'Account' : 'AssumedRole']
    case 'aws:principalorgid':
      return one(organizationOf(call, caller.accountId)?.id)
    case 'aws:principalorgpaths':
      return one(organizationPath(call, caller.accountId))
    case 'aws:principalisawsservice':
      return ['false']
    case 'aws:userid':
      return [caller.userId]
    case 'aws:username':
      return caller.kind === 'user' ? one(caller.entityArn.split('/').at(-1)) : undefined
    case 'aws:useragent':
      return [call.userAgent]
    default:
      return undefined
  }
}

function keyOfKms(name: string, { call, key }: ContextSource): string[] | undefined {
  if (name === 'kms:calleraccount') return [call.caller.accountId]
  if (!key) return undefined
  switch (name) {
    case 'kms:keyspec':
      return [key.keySpec]
    case 'kms:keyusage':
      return [key.keyUsage]
    case 'kms:keyorigin':
      return [key.origin]
    case 'kms:multiregion':
      return [String(key.multiRegion !== null)]
    case 'kms:multiregionkeytype':
      return one(key.multiRegion?.type)
    case 'kms:trailingdayswithoutkeyusage':
      return /^(DisableKey|ScheduleKeyDeletion)$/.test(call.operation)
        ? [String(trailingDaysWithoutUsage(key, call.now))]
        : undefined
    default:
      return undefined
  }
}

function resourceAliases({ call, key }: ContextSource): string[] | undefined {
  const aliases = key
    ? call.world.accounts.get(key.accountId)?.regions.get(key.region)?.aliases
    : undefined
  if (!key || !aliases) return undefined
  const names = Array.from(aliases.values())
    .filter((alias) => alias.targetKeyId === key.keyId)
    .map((alias) => alias.name)
  return names.length === 0 || names.length > 50 ? undefined : names
}

function principalTag({ world, caller }: Call, lowerName: string | undefined): string | undefined {
  const entity = findUser(world, caller.entityArn) ?? findRole(world, caller.entityArn)
  return tagValue(caller.sessionTags, lowerName) ?? tagValue(entity?.tags, lowerName)
}

/**
 * Returns the value of a tag: names of condition keys ignore case, and the tag's key is a part of
 * the name.
 */
function tagValue(
  tags: Map<string, string> | undefined,
  lowerName: string | undefined,
): string | undefined {
  for (const [name, value] of tags ?? []) if (name.toLowerCase() === lowerName) return value
  return undefined
}

function isoOrNothing(ms: number | null): string | undefined {
  return ms === null ? undefined : new Date(ms).toISOString()
}

function one(value: string | undefined): string[] | undefined {
  return value === undefined ? undefined : [value]
}

function organizationOf(call: Call, accountId: string): Organization | null {
  const organization = call.world.organization
  return organization?.parentOf.has(accountId) ? organization : null
}

/** Returns `o-…/r-…/ou-…/`, ending with a slash as AWS writes it. */
function organizationPath(call: Call, accountId: string): string | undefined {
  const organization = organizationOf(call, accountId)
  if (!organization) return undefined
  return `${[organization.id, ...lineOf(organization, accountId).slice(0, -1)].join('/')}/`
}

/** Returns root, units and account, from the top. */
export function lineOf(organization: Organization, accountId: string): string[] {
  const line = [accountId]
  let at = organization.parentOf.get(accountId)
  while (at !== undefined) {
    line.unshift(at)
    at = organization.units.get(at)?.parentId
  }
  return line
}
