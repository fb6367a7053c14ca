import 'server-only'
import { AppError } from '../errors'
import type { Permit } from '../auth/permit'
import { db, sql } from '../db/client'
import { inScope } from '../db/scope'
import type { Key } from '../db/generated/client'
import { withReadTimes } from '../sweep/last-read'
import type { AccountName, KeyRow, Problem, Problems } from './key-detail'
import { plain } from './plain'

export type KeyPlace = { accountId: string; region: string; keyId: string }

const notFound = () =>
  new AppError(
    'not_found',
    'There is no such key in the accounts you may see. It might not have been synced yet.',
  )

/** Permissions that show the row of a key, each for what else it shows. */
export type KeyReading =
  | 'keys.read'
  | 'access.read'
  | 'grants.read'
  | 'trail.read'
  | 'keys.export'
  | 'external.review'
  | 'requests.create'

/**
 * The key's own row.
 * @throws AppError not_found, in the same words whether it is not there or
 *   not in the person's scope.
 */
export async function getKeyRow(permit: Permit<KeyReading>, place: KeyPlace): Promise<KeyRow> {
  const { accountId, region, keyId } = place
  const found = await db.key.findFirst({
    where: { AND: [{ accountId, region, keyId }, inScope(permit.scope)] },
  })
  if (!found) throw notFound()
  const [names, [key = found]] = await Promise.all([
    accountNames([accountId]),
    withReadTimes(sql, [found]),
  ])
  return toKeyRow(key, names)
}

/** Names of accounts; one that is not connected (any more) is named by its id. */
export async function accountNames(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const accounts = await db.account.findMany({
    where: { id: { in: [...new Set(ids)] } },
    select: { id: true, name: true },
  })
  return new Map(accounts.map(({ id, name }) => [id, name]))
}

const accountName = (names: ReadonlyMap<string, string>, id: string): AccountName => ({
  id,
  name: names.get(id) ?? id,
})

/** A key without what no table shows. */
export type StoredRow = Omit<Key, 'metadata' | 'searchText' | SweepMark>
type SweepMark = 'listedIn' | 'slice' | 'readApart'

/** What a table or a page shows of a stored key, which says when its parts were read last. */
export function toKeyRow(
  stored: StoredRow & Partial<Key>,
  names: ReadonlyMap<string, string>,
): KeyRow {
  const {
    listedIn: _1,
    slice: _2,
    readApart: _3,
    metadata: _4,
    searchText: _5,
    tags,
    problems,
    ...rest
  } = stored
  return {
    ...plain(rest),
    tags: textRecord(tags),
    problems: problemsOf(problems),
    account: accountName(names, stored.accountId),
  }
}

function textRecord(value: unknown): Record<string, string> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]))
}

function problemsOf(value: unknown): Problems {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, Problem] => isProblem(entry[1])),
  )
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'message' in value
  )
}
