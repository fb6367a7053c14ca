import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { pool, sql } from '@/lib/db/client'
import { joinSlice, readTimes } from '@/lib/sweep/last-read'
import type { TableRows } from '@/lib/table/answer'
import type { TableState } from '@/lib/table/state'
import type { KeyRow } from '../key-detail'
import { accountNames, toKeyRow, type StoredRow } from '../read'
import { sumCombinations } from './facets'
import {
  facetsStatement,
  onePassStatement,
  pageStatement,
  type KeysQuestion,
  type Statement,
} from './query'

/**
 * One page of the keys this person may see, with how many there are of each
 * kind under the same filter.
 */
export async function listKeys(
  permit: Permit<'keys.read'>,
  state: Pick<TableState, 'filter' | 'sort' | 'page' | 'pageSize'>,
): Promise<TableRows<KeyRow>> {
  const question: KeysQuestion = {
    scope: permit.scope,
    filter: state.filter,
    sort: state.sort,
    limit: state.pageSize,
    offset: (state.page - 1) * state.pageSize,
  }
  const { facets, counts, ids } = await readAnswer(question)
  const [summed, rows] = await Promise.all([
    sumCombinations(split(facets), split(counts)),
    readRows(ids.map(String)),
  ])
  const names = await accountNames((summed.facets.account ?? []).map(({ value }) => value))
  return { ...summed, rows, accounts: Object.fromEntries(names) }
}

type Counts = { facets: string | null; counts: string | null }
type Answer = Counts & { ids: readonly (number | string)[] }
const nothing: Answer = { facets: null, counts: null, ids: [] }

async function readAnswer(question: KeysQuestion): Promise<Answer> {
  const onePass = onePassStatement(question)
  if (onePass) return (await ask<Answer>(onePass))[0] ?? nothing
  const [[counted], page] = await Promise.all([
    ask<Counts>(facetsStatement(question)),
    ask<{ id: number | string }>(pageStatement(question)),
  ])
  return { ...nothing, ...counted, ids: page.map(({ id }) => id) }
}

const split = (text: string | null) => (text ? text.split(',') : [])

/**
 * A sort of 100,000 rows must not spill to disk, nor be compiled. Two statements can run
 * side by side already: workers for each would fight over the same cores.
 */
const settings =
  "BEGIN READ ONLY; SET LOCAL work_mem = '32MB'; SET LOCAL jit = off; SET LOCAL " +
  'max_parallel_workers_per_gather = 0'

/** `more`: settings of this statement alone. */
export async function ask<T extends object>(
  { text, values }: Statement,
  ...more: readonly string[]
): Promise<T[]> {
  const client = await pool().connect()
  try {
    await client.query([settings, ...more.map((one) => `SET LOCAL ${one}`)].join('; '))
    const { rows } = await client.query<T>(text, [...values])
    await client.query('COMMIT')
    client.release()
    return rows
  } catch (error) {
    client.release(true)
    throw error
  }
}

const rowColumns = `
  k.arn, k."accountId", k.region, k."keyId", k.partition, k."firstSeenAt", k."missedListings",
  k."goneAt", k.description, k."keyState", k."keySpec", k."keyUsage", k.origin, k."keyManager",
  k.scope, k."primaryKeyArn", k."createdAt", k."deletionAt", k."pendingWindowDays", k."validTo",
  k."expirationModel", k."customKeyStoreId", k."xksKeyId", k."currentKeyMaterialId", k.aliases,
  k.tags, k."policyHash", k.rotation, k."rotationPeriodDays", k."nextRotationAt",
  k."onDemandStartedAt", k."lastRotatedAt", k."rotationCount", k."onDemandUsed", k."grantCount",
  k."grantsByPeople", k."grantsCrossAccount", k."lastUsedAt", k."lastUsedOperation",
  k."usageTrackedSince", k."monthlyCostUsd", k.owner, k.problems, ${readTimes}`

/** Keys by their ids in derived.key_text, in that order. */
export async function readRows(ids: readonly string[]): Promise<KeyRow[]> {
  if (ids.length === 0) return []
  const stored = await sql.query<StoredRow & { place: string }>(
    `SELECT t.id::text AS place, ${rowColumns} FROM derived.key_text t
      JOIN "Key" k ON k.arn = t.arn COLLATE "default" ${joinSlice} WHERE t.id = ANY($1::bigint[])`,
    [ids],
  )
  const names = await accountNames(stored.map((row) => row.accountId))
  const found = new Map(stored.map(({ place, ...row }) => [place, toKeyRow(row, names)]))
  return ids.flatMap((id) => found.get(id) ?? [])
}
