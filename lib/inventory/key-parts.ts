import 'server-only'
import type { Permit } from '../auth/permit'
import { db, sql } from '../db/client'
import { inScope } from '../db/scope'
import { withReadTimes } from '../sweep/last-read'
import type { KeyFamily, KeyMaterials, KeyOverview, KeyPolicy, KeyRaw, KeyRow } from './key-detail'
import { plain } from './plain'
import { accountNames, toKeyRow } from './read'

// What each tab of a key shows beside the key's row, read by that tab alone.
// `key` comes from `getKeyRow` under the same permit, which is where the scope was checked; grants
// have a permission and a reader of their own (lib/grants/rows.ts).

type Reading = Permit<'keys.read'>

export async function readOverview(_: Reading, key: KeyRow): Promise<KeyOverview> {
  const [aliases, keyStore] = await Promise.all([readAliases(key), readKeyStore(key)])
  return { key, aliases, keyStore }
}

async function readAliases({
  accountId,
  region,
  keyId,
  aliasesAt,
}: KeyRow): Promise<KeyOverview['aliases']> {
  const aliases = await db.alias.findMany({
    where: { accountId, region, targetKeyId: keyId },
    orderBy: { name: 'asc' },
    select: { name: true, arn: true, createdAt: true, updatedAt: true, observedAt: true },
  })
  return aliases
    .map(plain)
    .map((alias) => ({ ...alias, observedAt: later(alias.observedAt, aliasesAt) }))
}

/** The later of two times as ISO text: a look that found nothing new wrote nothing to the row. */
const later = (one: string, other: string | null) => (other !== null && other > one ? other : one)

async function readKeyStore({
  accountId,
  region,
  customKeyStoreId: id,
}: KeyRow): Promise<KeyOverview['keyStore']> {
  if (!id) return null
  const where = { accountId_region_id: { accountId, region, id } }
  const keyStore = await db.keyStore.findUnique({ where })
  return keyStore && plain(keyStore)
}

export async function readPolicy(_: Reading, key: KeyRow): Promise<KeyPolicy> {
  const [policy, versions] = await Promise.all([
    key.policyHash ? db.policyDocument.findUnique({ where: { hash: key.policyHash } }) : null,
    db.policyVersion.findMany({
      where: { keyArn: key.arn },
      orderBy: { firstSeenAt: 'desc' },
      take: 200,
      select: { id: true, hash: true, firstSeenAt: true, lastSeenAt: true },
    }),
  ])
  const { policyAt } = key
  return {
    key,
    policyVersions: versions
      .map(plain)
      .map((version, at) =>
        at === 0 && version.hash === key.policyHash
          ? { ...version, lastSeenAt: later(version.lastSeenAt, policyAt) }
          : version,
      ),
    policy:
      policy && policyAt ? { hash: policy.hash, text: policy.text, observedAt: policyAt } : null,
  }
}

export async function readMaterials(_: Reading, key: KeyRow): Promise<KeyMaterials> {
  const materials = await db.keyMaterial.findMany({
    where: { keyArn: key.arn },
    orderBy: [{ rotationDate: { sort: 'desc', nulls: 'last' } }, { id: 'desc' }],
  })
  return {
    key,
    materials: materials.map(plain).map((material) => ({
      ...material,
      observedAt: later(material.observedAt, key.rotationsAt),
    })),
  }
}

/**
 * Primary and replicas of a multi-Region set (one account by AWS's rule),
 * those that are gone left out.
 */
export async function readFamily(permit: Reading, key: KeyRow): Promise<KeyFamily> {
  if (!key.primaryKeyArn) return { key, family: [] }
  const found = await db.key.findMany({
    where: { AND: [{ primaryKeyArn: key.primaryKeyArn, goneAt: null }, inScope(permit.scope)] },
    orderBy: { region: 'asc' },
  })
  const names = await accountNames(found.map(({ accountId }) => accountId))
  const members = (await withReadTimes(sql, found)).map((member) => toKeyRow(member, names))
  const isPrimary = ({ scope }: KeyRow) => scope === 'primary'
  return {
    key,
    family: [...members.filter(isPrimary), ...members.filter((one) => !isPrimary(one))],
  }
}

/** Everything that is kept of a key under keys.read: without its grants, which take grants.read. */
export async function readRaw(permit: Reading, key: KeyRow): Promise<KeyRaw> {
  const { accountId, region } = key
  const [stored, overview, policy, materials, family, coverage] = await Promise.all([
    db.key.findUnique({ where: { arn: key.arn }, select: { metadata: true } }),
    readOverview(permit, key),
    readPolicy(permit, key),
    readMaterials(permit, key),
    readFamily(permit, key),
    db.coverage.findMany({ where: { accountId, region }, orderBy: { api: 'asc' } }),
  ])
  const kept = { ...overview, ...policy, ...materials, ...family, coverage: coverage.map(plain) }
  return { metadata: stored?.metadata ?? null, kept }
}
