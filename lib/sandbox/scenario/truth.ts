import type { Input } from '../call'
import { describe } from '../kms/metadata'
import { listKeysSorted } from '../kms/place'
import type { Alias, Grant, Key, KeyStore, Material, World } from '../world'

export type TruthQuery = {
  account: string
  region: string
  /** Keys after this key id; absent: from the first. */
  after?: string
  /** At most so many keys; absent: all. */
  limit?: number
}

/**
 * What is there in one account and Region, for whoever compares: keys in order of key id with
 * everything that belongs to them, times in epoch seconds as on the wire. Read from the world, not
 * by way of the operations. `next` stands where keys are left.
 */
export function readTruth(world: World, query: TruthQuery): Input {
  const state = world.accounts.get(query.account)?.regions.get(query.region)
  if (!state)
    return {
      account: query.account,
      region: query.region,
      known: false,
      keys: [],
      aliases: [],
      keyStores: [],
    }
  const sorted = listKeysSorted(state)
  const { after, limit = Infinity } = query
  const start = after === undefined ? 0 : sorted.findIndex((key) => key.keyId > after)
  const keys = start < 0 ? [] : sorted.slice(start, start + limit)
  const last = keys.at(-1)
  const more = start >= 0 && start + keys.length < sorted.length
  const aliases = groupAliases(state.aliases.values())
  return {
    account: query.account,
    region: query.region,
    known: true,
    keyCount: sorted.length,
    keys: keys.map((key) => describeKey(world, key, aliases.get(key.keyId) ?? [])),
    aliases: [...state.aliases.values()].map(describeAlias),
    keyStores: [...state.keyStores.values()].map(describeStore),
    ...(more && last ? { next: last.keyId } : {}),
  }
}

function describeKey(world: World, key: Key, aliases: string[]): Input {
  const rotating =
    key.rotation?.enabled &&
    key.state !== 'PendingDeletion' &&
    key.state !== 'PendingReplicaDeletion'
  return {
    metadata: describe(world, key),
    aliases,
    tags: Object.fromEntries(key.tags),
    policy: key.policy,
    grants: [...key.grants.values()].map(describeGrant),
    rotation:
      key.rotation === null
        ? null
        : {
            enabled: rotating === true,
            periodDays: rotating ? key.rotation.periodDays : null,
            nextAt: rotating ? key.rotation.nextAt / 1000 : null,
            onDemandStartedAt: key.onDemand ? key.onDemand.startedAt / 1000 : null,
          },
    materials: key.materials.map(describeMaterial),
    lastUsage: key.lastUsage && {
      operation: key.lastUsage.operation,
      at: key.lastUsage.at / 1000,
      eventId: key.lastUsage.eventId,
      requestId: key.lastUsage.requestId,
    },
  }
}

function describeMaterial(material: Material): Input {
  const { id, state, importState, expirationModel, validTo, description, rotatedAt, rotationType } =
    material
  return {
    id,
    state,
    importState,
    expirationModel,
    validTo: validTo === null ? null : validTo / 1000,
    description,
    rotatedAt: rotatedAt === null ? null : rotatedAt / 1000,
    rotationType,
  }
}

function describeGrant(grant: Grant): Input {
  return {
    grantId: grant.grantId,
    name: grant.name,
    createdAt: grant.createdAt / 1000,
    granteePrincipal: grant.granteePrincipal,
    granteeServicePrincipal: grant.granteeServicePrincipal,
    retiringPrincipal: grant.retiringPrincipal,
    retiringServicePrincipal: grant.retiringServicePrincipal,
    issuingAccount: grant.issuingAccount,
    operations: grant.operations,
    encryptionContextSubset:
      grant.encryptionContextSubset && Object.fromEntries(grant.encryptionContextSubset),
    encryptionContextEquals:
      grant.encryptionContextEquals && Object.fromEntries(grant.encryptionContextEquals),
    sourceArn: grant.sourceArn,
  }
}

function groupAliases(aliases: Iterable<Alias>): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const { name, targetKeyId } of aliases) {
    if (targetKeyId !== null)
      groups.set(targetKeyId, [...(groups.get(targetKeyId) ?? []), name].sort())
  }
  return groups
}

function describeAlias(alias: Alias): Input {
  return {
    name: alias.name,
    targetKeyId: alias.targetKeyId,
    createdAt: alias.createdAt / 1000,
    updatedAt: alias.updatedAt / 1000,
  }
}

function describeStore(store: KeyStore): Input {
  const { id, name, type, connectionState, connectionErrorCode, cloudHsmClusterId } = store
  return {
    id,
    name,
    type,
    connectionState,
    connectionErrorCode,
    cloudHsmClusterId,
    createdAt: store.createdAt / 1000,
    xks: store.xks && { ...store.xks },
  }
}
