import { AwsError, type Call, type Input } from '../call'
import type { Alias, Key } from '../world'
import { page } from '../paging'
import { noteKey, permit, permitKey } from './access'
import { findKey } from './identify'
import { aliasArn, ownRegion, seconds } from './place'
import { readText } from './read-input'
import { classOf } from './specs'
import { requireState } from './state'
import { refuseManaged } from './managed'

const namingPage = 'https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html'

export function createAlias(call: Call, input: Input): Input {
  const name = readAliasName(input)
  const target = readTarget(input)
  const arn = ownAliasArn(call, name)
  const found = findKey(call, target)
  noteKey(call, found.key)
  permit(call, arn)
  permitKey(call, found)
  refuseManaged(found.key)
  const state = ownRegion(call)
  if (state.aliases.has(name))
    throw new AwsError('AlreadyExistsException', `An alias with the name ${arn} already exists`)
  requireState(call.operation, found.key)
  requireAliasQuota(call, found.key)
  state.aliases.set(name, {
    name,
    targetKeyId: found.key.keyId,
    createdAt: call.now,
    updatedAt: call.now,
  })
  return {}
}

export function updateAlias(call: Call, input: Input): Input {
  const name = readAliasName(input)
  const target = readTarget(input)
  const arn = ownAliasArn(call, name)
  const alias = requireAlias(call, name)
  const found = findKey(call, target)
  const old = ownRegion(call).keys.get(alias.targetKeyId ?? '')
  permit(call, arn)
  for (const key of old ? [old, found.key] : [found.key]) {
    noteKey(call, key)
    permitKey(call, { key, alias: null })
  }
  refuseManaged(found.key)
  requireState(call.operation, found.key)
  if (old && !isSameType(old, found.key)) {
    throw new AwsError(
      'ValidationException',
      `The alias ${arn} can be associated only with a KMS key of the same type and key usage as its current KMS key.`,
    )
  }
  if (old !== found.key) requireAliasQuota(call, found.key)
  alias.targetKeyId = found.key.keyId
  alias.updatedAt = call.now
  return {}
}

export function deleteAlias(call: Call, input: Input): Input {
  const name = readAliasName(input)
  const alias = requireAlias(call, name)
  const key = ownRegion(call).keys.get(alias.targetKeyId ?? '')
  permit(call, ownAliasArn(call, name))
  if (key) {
    noteKey(call, key)
    permitKey(call, { key, alias: null })
  }
  ownRegion(call).aliases.delete(name)
  return {}
}

export function listAliases(call: Call, input: Input): Input {
  permit(call)
  const named = readText(input, 'KeyId')
  const keyId = named === undefined ? null : findKey(call, named).key.keyId
  const all = [...ownRegion(call).aliases.values()]
  const aliases = page(
    call,
    keyId === null ? all : all.filter((alias) => alias.targetKeyId === keyId),
    {
      limit: input.Limit,
      default: 50,
      max: 100,
      marker: input.Marker,
      key: (alias) => alias.name,
    },
  )
  return {
    Aliases: aliases.items.map((alias) => ({
      AliasName: alias.name,
      AliasArn: ownAliasArn(call, alias.name),
      ...(alias.targetKeyId === null ? {} : { TargetKeyId: alias.targetKeyId }),
      CreationDate: seconds(alias.createdAt),
      LastUpdatedDate: seconds(alias.updatedAt),
    })),
    ...(aliases.next === undefined ? {} : { NextMarker: aliases.next }),
    Truncated: aliases.truncated,
  }
}

function readAliasName(input: Input): string {
  const name = readText(input, 'AliasName') ?? ''
  if (!name.startsWith('alias/')) {
    throw new AwsError(
      'ValidationException',
      `Alias must start with the prefix "alias/". Please see ${namingPage}`,
    )
  }
  if (name === 'alias/') throw new AwsError('ValidationException', 'Alias name must not be empty')
  if (name.startsWith('alias/aws/')) throw new AwsError('NotAuthorizedException', '')
  if (name.includes(':'))
    throw new AwsError('ValidationException', `${name} contains invalid characters for an alias`)
  return name
}

function readTarget(input: Input): string {
  const target = readText(input, 'TargetKeyId') ?? ''
  const isAlias =
    target.startsWith('alias/') || (target.startsWith('arn:') && target.includes(':alias/'))
  if (isAlias) throw new AwsError('ValidationException', 'Aliases must refer to keys. Not aliases')
  return target
}

function requireAlias(call: Call, name: string): Alias {
  const alias = ownRegion(call).aliases.get(name)
  if (!alias)
    throw new AwsError('NotFoundException', `Alias ${ownAliasArn(call, name)} is not found.`)
  return alias
}

/** Refuses more aliases than a key can have: 50 unless the quota was raised. */
function requireAliasQuota(call: Call, key: Key) {
  const state = ownRegion(call)
  const most = state.quotaOverrides.get('L-340F62FB') ?? 50
  let count = 0
  for (const alias of state.aliases.values()) if (alias.targetKeyId === key.keyId) count += 1
  if (count >= most)
    throw new AwsError(
      'LimitExceededException',
      `You cannot create more than ${most} aliases per KMS key.`,
    )
}

/**
 * Tells whether UpdateAlias takes both keys: both symmetric, asymmetric or HMAC, and of one usage.
 */
function isSameType(a: Key, b: Key) {
  const kind = (key: Key) =>
    ['symmetric', 'hmac'].includes(classOf(key.keySpec)) ? classOf(key.keySpec) : 'asymmetric'
  return kind(a) === kind(b) && a.keyUsage === b.keyUsage
}

const ownAliasArn = (call: Call, name: string) => aliasArn(call.region, call.caller.accountId, name)
