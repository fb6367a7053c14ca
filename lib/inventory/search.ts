import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { scopeOf, type Permission, type Scope } from '@/lib/auth/permissions'
import { join, sql, type Sql } from '@/lib/db/client'
import { withinAccounts } from '@/lib/db/scope'
import { wellFormed } from '@/lib/table/filter'
import { containing } from '@/lib/table/sql'
import { findBound, type FoundResource } from '@/lib/trail/bound/find-bound'
import { readFound, type FoundThing } from './search-things'

type FoundKey = {
  arn: string
  accountId: string
  accountName: string
  region: string
  keyId: string
  aliases: string[]
  description: string | null
  keyState: string | null
  gone: boolean
}
type FoundAccount = { id: string; name: string }
type FoundOf = {
  keys: FoundKey[]
  accounts: FoundAccount[]
  principals: FoundThing[]
  grants: FoundThing[]
  resources: FoundResource[]
}
type FoundKind = keyof FoundOf
export type Found = FoundOf & {
  /** Of these there is more than is here: only the first are. */
  more: readonly FoundKind[]
}

/** So many of each are shown; one more is looked for, to know that there is more. */
const most = {
  keys: 8,
  accounts: 5,
  principals: 6,
  grants: 6,
  resources: 6,
} as const satisfies Record<FoundKind, number>

const nothing: Found = {
  keys: [],
  accounts: [],
  principals: [],
  grants: [],
  resources: [],
  more: [],
}

/**
 * Quick search over what this person may see. Keys that begin with the text come first;
 * every word has to be found.
 */
export async function searchEverything(permit: Permit<'keys.read'>, text: string): Promise<Found> {
  const words = wordsOf(text)
  if (words.length === 0) return nothing
  const [keys, accounts, principals, grants, resources] = await Promise.all([
    searchKeys(permit.scope, words),
    searchAccounts(permit.scope, words),
    findThings(permit, 'principal', words, most.principals + 1),
    findThings(permit, 'grant', words, most.grants + 1),
    findResources(permit, words, most.resources + 1),
  ])
  const more = foundKinds.filter(
    (kind) => ({ keys, accounts, principals, grants, resources })[kind].length > most[kind],
  )
  return {
    keys: keys.slice(0, most.keys),
    accounts: accounts.slice(0, most.accounts),
    principals: principals.slice(0, most.principals),
    grants: grants.slice(0, most.grants),
    resources: resources.slice(0, most.resources),
    more,
  }
}

const foundKinds = [
  'keys',
  'accounts',
  'principals',
  'grants',
  'resources',
] as const satisfies FoundKind[]

const permissionOf = { principal: 'access.read', grant: 'grants.read' } as const satisfies Record<
  string,
  Permission
>

/** Principals and grants have permissions of their own, each with the accounts it reaches. */
async function findThings(
  { actor }: Permit<'keys.read'>,
  kind: keyof typeof permissionOf,
  words: readonly string[],
  limit: number,
) {
  const scope = scopeOf(actor.assigned, permissionOf[kind])
  return scope === null ? [] : readFound(kind, scope, words, limit)
}

/** What keys were used for, as the trail saw it. */
async function findResources(
  { actor, scope: keyScope }: Permit<'keys.read'>,
  words: readonly string[],
  limit: number,
) {
  const scope = scopeOf(actor.assigned, 'trail.read')
  return scope === null ? [] : findBound(scope, keyScope, words, limit)
}

const wordsOf = (text: string) =>
  wellFormed(text.replaceAll(/\p{Cc}/gu, ' '))
    .trim()
    .toLowerCase()
    .slice(0, 200)
    .split(/\s+/u)
    .filter(Boolean)
    .slice(0, 8)

/** Every word stands in the text; of the words there is at least one. */
const holdsAll = (text: Sql, words: readonly string[]): Sql =>
  join(
    words.map((word) => sql`${text} LIKE ${containing(word)}`),
    ' AND ',
  )

async function searchKeys(scope: Scope, words: readonly string[]): Promise<FoundKey[]> {
  const [first = ''] = words
  const byPrefix = words.length === 1 ? await findIds(scope, prefixCondition(first)) : []
  const others =
    byPrefix.length <= most.keys ? await findIds(scope, holdsAll(sql`t.search_text`, words)) : []
  const ids = [...new Set([...byPrefix, ...others])].slice(0, most.keys + 1)
  if (ids.length === 0) return []
  const rows = await sql.query<FoundKey & { id: string }>(
    `
    SELECT t.id::text AS id, k.arn, k."accountId", coalesce(a.name, k."accountId") AS "accountName",
      k.region, k."keyId", k.aliases, k.description,
      k."keyState", k."goneAt" IS NOT NULL AS gone
    FROM derived.key_text t JOIN "Key" k ON k.arn = t.arn COLLATE "default"
    LEFT JOIN "Account" a ON a.id = k."accountId" WHERE t.id = ANY($1::bigint[])`,
    [ids],
  )
  return rows
    .sort((a, b) => Number(a.gone) - Number(b.gone) || ids.indexOf(a.id) - ids.indexOf(b.id))
    .map(({ id: _, ...key }) => key)
}

/** Key id, ARN or alias that begin with it, all by index; an alias ARN is taken apart. */
function prefixCondition(word: string): Sql {
  const alias = /^arn:[^:]*:kms:([^:]*):([^:]*):alias\/(.*)$/u.exec(word)
  const starts = (text: string) => `${containing(text).slice(1)}`
  if (alias) {
    return sql`lower(r.alias) LIKE ${starts(alias[3] ?? '')} AND r.alias <> '' AND r.facets IN
      (SELECT id FROM derived.key_facets WHERE region = ${alias[1] ?? ''}
        AND account = ${alias[2] ?? ''})`
  }
  if (word.startsWith('arn:')) return sql`t.arn LIKE ${starts(word)}`
  const bare = starts(word.replace(/^alias\//u, ''))
  return sql`t.id IN ((SELECT id FROM derived.key_row WHERE key_id LIKE ${bare} LIMIT 50)
    UNION ALL (SELECT id FROM derived.key_row
      WHERE lower(alias) LIKE ${bare} AND alias <> '' LIMIT 50))`
}

async function findIds(scope: Scope, condition: Sql): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    sql`SELECT t.id::text AS id FROM derived.key_text t JOIN derived.key_row r ON r.id = t.id
       LEFT JOIN derived.key_facets f ON f.id = r.facets
     WHERE ${condition} AND ${withinAccounts('f.account', scope)} LIMIT ${most.keys + 1}`,
  )
  return rows.map(({ id }) => id)
}

async function searchAccounts(scope: Scope, words: readonly string[]): Promise<FoundAccount[]> {
  return sql.query<FoundAccount>(
    sql`SELECT id, name FROM "Account"
      WHERE ${holdsAll(sql`lower(id || ' ' || name)`, words)} AND "removedAt" IS NULL
        AND ${withinAccounts('id', scope)} ORDER BY name LIMIT ${most.accounts + 1}`,
  )
}
