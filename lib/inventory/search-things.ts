import 'server-only'
import type { Scope } from '@/lib/auth/permissions'
import { join, raw, sql, transaction, type Sql } from '@/lib/db/client'
import { withinAccounts } from '@/lib/db/scope'
import { containing } from '@/lib/table/sql'

/**
 * A principal (id: its ARN, detail: user, role, group) or a grant (id: key ARN #
 * grant id, detail: the grantee).
 */
export type FoundThing = {
  id: string
  accountId: string
  accountName: string
  label: string
  detail: string
}

/** An index of trigrams finds nothing shorter. */
const fewestLetters = 3
type Kind = 'principal' | 'grant'

/**
 * Things of one kind in derived.found whose text has every word in it, and of which `such` holds.
 * Without a word of three letters: whose name begins with the first of them.
 */
export async function readFound(
  kind: Kind,
  scope: Scope,
  words: readonly string[],
  limit: number,
  such: Sql = sql`true`,
): Promise<FoundThing[]> {
  const conditions = [
    // Written out, since only so PostgreSQL sees which index holds them.
    raw(`f.kind = '${kind}'`),
    ...words.map((word) => sql`f.search_text LIKE ${containing(word)}`),
    withinAccounts('f.account', scope),
    such,
  ]
  if (words.some(({ length }) => length >= fewestLetters)) return readByTrigrams(conditions, limit)
  const begins = sql`lower(f.label) LIKE ${containing(words[0] ?? '').slice(1)}`
  return sql.query<FoundThing>(foundWhere([begins, ...conditions], limit))
}

/** SQL: it is a user or a role, which can ask for something, as a group cannot. */
const canAsk = sql`f.detail IN ('user', 'role')`

/**
 * Users and roles with every word in what they are found by: first those whose names begin with the
 * first word, then others; so many of each at most.
 */
export async function readAskers(
  scope: Scope,
  words: readonly string[],
  limit: number,
): Promise<FoundThing[]> {
  // In SQL, before the limit: what things are found by has their unique IDs too.
  const such = join(
    [canAsk, ...words.map((word) => sql`lower(f.id) LIKE ${containing(word)}`)],
    ' AND ',
  )
  const begins = sql`${such} AND lower(f.label) LIKE ${containing(words[0] ?? '').slice(1)}`
  const [beginning, having] = await Promise.all([
    sql.query<FoundThing>(
      sql`SELECT f.id, f.account AS "accountId", coalesce(a.name, f.account) AS "accountName", f.label,
          f.detail
        FROM derived.found f LEFT JOIN "Account" a ON a.id = f.account
        WHERE f.kind = 'principal' AND ${begins}
          AND ${withinAccounts('f.account', scope)}
        ORDER BY f.kind, lower(f.label) LIMIT ${limit}`,
    ),
    readFound('principal', scope, words, limit, such),
  ])
  return [...new Map([...beginning, ...having].map((thing) => [thing.id, thing])).values()]
}

const foundWhere = (conditions: readonly Sql[], limit: number): Sql => sql`
  SELECT f.id, f.account AS "accountId", coalesce(a.name, f.account) AS "accountName",
    f.label, f.detail
  FROM (SELECT * FROM derived.found f WHERE ${join([...conditions], ' AND ')} LIMIT ${limit}) f
  LEFT JOIN "Account" a ON a.id = f.account`

/**
 * The planner takes matches to lie evenly, and would rather walk all rows until it has seen enough
 * of them: a word that few have would then cost the whole table.
 */
const readByTrigrams = (conditions: readonly Sql[], limit: number): Promise<FoundThing[]> =>
  transaction(async (tx) => {
    await tx.execute('SET LOCAL enable_seqscan = off')
    await tx.execute('SET LOCAL enable_indexscan = off')
    return tx.query<FoundThing>(foundWhere(conditions, limit))
  })
