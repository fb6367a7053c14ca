import 'server-only'
import { reachesAccount } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { db, sql } from '../../db/client'
import { readClock } from '../../db/clock'
import { inScope, isInScope } from '../../db/scope'
import { AppError } from '../../errors'
import type { KeyRow } from '../../inventory/key-detail'
import { accountNames, toKeyRow } from '../../inventory/read'
import type { Facts } from '../kinds/kind'
import { factsOf } from '../kinds/open'
import { isSameForm } from './same-form'
import { makeTitle } from './title'
import { isVisible } from '../scope/visible'

type Permitted = Permit<'requests.create'>

/**
 * A key that somebody may ask for changes of.
 * `writable`: its account has a role for changes; `familyRegions`: other
 * Regions of its multi-Region set.
 */
export type AskedKey = KeyRow & { writable: boolean; familyRegions: string[] }

/**
 * Returns the keys among `arns` that the asker can request changes of, in the order asked; leaves
 * others out, whether they exist or not.
 */
export async function listAskedKeys(
  { scope }: Permitted,
  arns: readonly string[],
): Promise<AskedKey[]> {
  const found = await db.key.findMany({
    where: { AND: [{ arn: { in: [...arns] } }, inScope(scope)] },
  })
  const accountIds = found.map(({ accountId }) => accountId)
  const primaries = found.flatMap(({ primaryKeyArn }) => primaryKeyArn ?? [])
  const [names, writable, family] = await Promise.all([
    accountNames(accountIds),
    findWritable(accountIds),
    db.key.findMany({
      where: { AND: [{ primaryKeyArn: { in: primaries }, goneAt: null }, inScope(scope)] },
      select: { primaryKeyArn: true, region: true },
      orderBy: { region: 'asc' },
    }),
  ])
  const regionsOf = ({ primaryKeyArn, region: own }: (typeof found)[number]) =>
    family
      .filter(
        (member) =>
          primaryKeyArn !== null && member.primaryKeyArn === primaryKeyArn && member.region !== own,
      )
      .map(({ region }) => region)
  const rows = new Map(
    found.map((key) => [
      key.arn,
      {
        ...toKeyRow(key, names),
        writable: writable.has(key.accountId),
        familyRegions: regionsOf(key),
      },
    ]),
  )
  return [...new Set(arns)].flatMap((arn) => rows.get(arn) ?? [])
}

async function findWritable(ids: readonly string[]): Promise<ReadonlySet<string>> {
  const accounts = await db.account.findMany({
    where: { id: { in: [...new Set(ids)] }, writeRoleArn: { not: null }, removedAt: null },
    select: { id: true },
  })
  return new Set(accounts.map(({ id }) => id))
}

export type AskedAccount = {
  id: string
  name: string
  partition: string
  writable: boolean
  regions: string[]
  keyStores: {
    id: string
    name: string
    type: string
    region: string
    connectionState: string | null
  }[]
}

/**
 * RegionOptStatus of Regions that can be used. One that nobody could read (null) counts as usable:
 * unknown is not no.
 * Page: https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html.
 */
const enabled = ['ENABLED', 'ENABLED_BY_DEFAULT', 'ENABLING']

/**
 * Returns the accounts in which the asker can request changes, with the Regions that can be used
 * there.
 */
export async function listAskedAccounts({ scope }: Permitted): Promise<AskedAccount[]> {
  const accounts = await db.account.findMany({
    where: { AND: [{ removedAt: null }, isInScope(scope)] },
    orderBy: { name: 'asc' },
    select: {
      id: true,
      name: true,
      partition: true,
      writeRoleArn: true,
      onlyRegions: true,
      regions: {
        where: { OR: [{ optStatus: null }, { optStatus: { in: enabled } }] },
        select: { region: true },
        orderBy: { region: 'asc' },
      },
    },
  })
  const stores = await db.keyStore.findMany({
    where: { accountId: { in: accounts.map(({ id }) => id) }, goneAt: null },
    orderBy: { name: 'asc' },
  })
  return accounts.map(({ id, name, partition, writeRoleArn, onlyRegions, regions }) => ({
    id,
    name,
    partition,
    writable: writeRoleArn !== null,
    regions: onlyRegions.length > 0 ? [...onlyRegions].sort() : regions.map(({ region }) => region),
    keyStores: stores
      .filter(({ accountId }) => accountId === id)
      .map((store) => ({
        id: store.id,
        name: store.name,
        type: store.type,
        region: store.region,
        connectionState: store.connectionState,
      })),
  }))
}

export type AskedAlias = { name: string; targetArn: string | null }

/**
 * Returns aliases of an account and Region, those of AWS left out: to find one that is to be moved
 * or deleted. The first thousand.
 */
export async function listAskedAliases(
  { scope }: Permitted,
  { accountId, region, text }: { accountId: string; region: string; text: string },
): Promise<AskedAlias[]> {
  const found = await db.alias.findMany({
    where: {
      AND: [
        { accountId, region, name: { contains: text, mode: 'insensitive' } },
        { NOT: { name: { startsWith: 'alias/aws/' } } },
        inScope(scope),
      ],
    },
    orderBy: { name: 'asc' },
    take: 50,
    select: { name: true, targetKeyId: true },
  })
  const keys = await db.key.findMany({
    where: {
      accountId,
      region,
      keyId: { in: found.flatMap(({ targetKeyId }) => targetKeyId ?? []) },
    },
    select: { arn: true, keyId: true },
  })
  const arns = new Map(keys.map(({ arn, keyId }) => [keyId, arn]))
  return found.map(({ name, targetKeyId }) => ({
    name,
    targetArn: targetKeyId === null ? null : (arns.get(targetKeyId) ?? null),
  }))
}

/**
 * Returns the key's policy as it was last read, where the asker can request changes of it; null
 * while unknown.
 */
export async function findPolicyText({ scope }: Permitted, keyArn: string): Promise<string | null> {
  const key = await db.key.findFirst({
    where: { AND: [{ arn: keyArn }, inScope(scope)] },
    select: { policyHash: true },
  })
  const document = key?.policyHash
    ? await db.policyDocument.findUnique({ where: { hash: key.policyHash } })
    : null
  return document?.text ?? null
}

/**
 * Returns the text of a draft of this key's policy.
 * @throws AppError not_found also for a draft of another key.
 */
export async function getDraftText(
  { scope }: Permitted,
  keyArn: string,
  id: string,
): Promise<string> {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)
  const draft = isId
    ? await db.policyDraft.findFirst({
        where: { AND: [{ id, keyArn }, inScope(scope)] },
        select: { text: true },
      })
    : null
  if (!draft)
    throw new AppError(
      'not_found',
      'There is no such draft of this key. Its author may have deleted it.',
    )
  return draft.text
}

export type EarlierChange = {
  requestId: string
  number: number
  title: string
  sent: boolean
  justification: string
  ticket: string | null
  template: string | null
  kind: string
  accountId: string | null
  region: string | null
  input: Facts
  /**
   * Its key; of a draft, which is begun again as a whole, the keys of all its
   * changes that ask for the same.
   */
  keyArns: string[]
  /** Of a draft only: those of what was sent are over or running. ISO. */
  startsAt: string | null
  endsAt: string | null
  /** The title that somebody gave it; empty when it was made. */
  ownTitle: string
  /** A draft all of which one form shows: what is made from it can stand in its place. */
  replaceable: boolean
  /** In force and over then: what is asked for from here is made beside it. ISO. */
  inForceUntil: string | null
}
type Line = Parameters<typeof makeTitle>[0][number] & Parameters<typeof isSameForm>[0][number]
type EarlierRow = Pick<
  EarlierChange,
  | 'requestId'
  | 'number'
  | 'title'
  | 'sent'
  | 'justification'
  | 'ticket'
  | 'template'
  | 'kind'
  | 'accountId'
  | 'region'
> & {
  applied: boolean
  keyArn: string | null
  input: unknown
  lines: Line[]
  startsAt: Date | null
  endsAt: Date | null
}

/**
 * Returns a change that another request goes on from.
 * @throws AppError not_found for what the asker cannot see.
 */
export async function getEarlierChange(
  permit: Permitted,
  changeId: string,
): Promise<EarlierChange> {
  const rows = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(changeId)
    ? await sql.query<EarlierRow>(
        sql`SELECT r."id" AS "requestId", r."number", r."title", r."sentAt" IS NOT NULL AS "sent",
          r."justification", r."ticket", r."template", c."kind", c."accountId", c."region",
          c."keyArn", c."input", c."startsAt", c."endsAt", c."status" = 'applied' AS "applied",
       (SELECT jsonb_agg(jsonb_build_object('title', l."title", 'kind', l."kind", 'accountId',
             l."accountId", 'keyArn', l."keyArn", 'input', l."input", 'startsAt', l."startsAt",
             'endsAt', l."endsAt") ORDER BY l."position") FROM "Change" l
       WHERE l."requestId" = r."id") AS "lines"
     FROM "Change" c JOIN "Request" r ON r."id" = c."requestId" 
     WHERE c."id" = ${changeId}::uuid AND ${isVisible(permit)}`,
      )
    : []
  const [found] = rows
  if (!found || !reachesAccount(permit.scope, found.accountId))
    throw new AppError('not_found', 'There is no such change among those you may ask for.')
  const { keyArn, lines, startsAt, endsAt, input, applied, ...rest } = found
  const draft = !rest.sent
  const alike = lines.filter(
    (line) => line.kind === rest.kind && JSON.stringify(line.input) === JSON.stringify(input),
  )
  return {
    ...rest,
    input: factsOf(input),
    keyArns: draft ? alike.flatMap((line) => line.keyArn ?? []) : keyArn === null ? [] : [keyArn],
    replaceable: draft && isSameForm(lines),
    startsAt: draft && startsAt ? startsAt.toISOString() : null,
    endsAt: draft && endsAt ? endsAt.toISOString() : null,
    inForceUntil: applied && endsAt ? endsAt.toISOString() : null,
    ownTitle: draft && rest.title !== makeTitle(lines) ? rest.title : '',
  }
}

/** Returns the time of the database's clock, ISO. */
export const readNow = async (): Promise<string> => (await readClock()).toISOString()
