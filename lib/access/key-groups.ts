import 'server-only'
import type { Scope } from '../auth/permissions'
import { empty, join, sql, type Sql } from '../db/client'
import { withinAccounts } from '../db/scope'
import { ask } from '../inventory/table/list-keys'
import type { PolicyDocument } from '../policy/document'
import type { NumberedPolicy } from './policy-names'
import { isPlain, isReadable } from './share-verdict'

// l: derived.reach_line, i: derived.reach_kind

/**
 * Keys that have all in common that a verdict hangs on; `arn` is one of them, for all. `alone`: a
 * key of which something decides that is in no line, so that it is read and judged by itself.
 */
export type KeyGroup = {
  name: string
  n: number
  arn: string
  account: string
  policy: number | null
  usage: string | null
  manager: string | null
  state: string | null
  spec: string | null
  origin: string | null
  scope: string | null
  grantsRead: boolean
  tags: Readonly<Record<string, string>> | null
  /** It has a grant to somebody of the account that is asked about. */
  isNaming: boolean
  alone: boolean
}

/** The keys that are asked about, and what tells them apart. */
export type Grouping = { keys: readonly Sql[]; name: Sql; naming: Sql; hasTags: boolean }

type Facet = 'region' | 'spec' | 'origin' | 'scope' | 'tags'

/** Where a facet stands, and how texts of policies, in lower case, speak of it. */
const facets: Readonly<Record<Facet, { column: Sql; words: string }>> = {
  region: { column: sql`split_part(l.arn, ':', 4)`, words: 'aws:requestedregion' },
  spec: { column: sql`i.spec`, words: 'kms:keyspec' },
  origin: { column: sql`i.origin`, words: 'kms:keyorigin' },
  scope: { column: sql`i.scope`, words: 'kms:multiregion' },
  tags: { column: sql`l.tags`, words: 'aws:resourcetag/' },
}
/** What a key has one by one. */
const inNoLine = ['kms:resourcealiases', 'trailingdays']

/** More patterns of keys than this are not asked of every line. */
const mostPatterns = 40

type Asked = {
  scope: Scope
  /** Conditions of SQL on lines of keys (l), of which one is enough. */
  keys: readonly Sql[]
  /** Those that speak of the principal: the others tell no key from another. */
  policies: readonly NumberedPolicy[]
  /** Documents that decide beside the key's, whichever key it is. */
  beside: readonly PolicyDocument[]
  /** Keys that are judged by themselves in any case. */
  apart: readonly string[]
  /** The condition that a key has a grant to somebody who decides how much the asker is told. */
  naming: Sql | null
}

/** Says by what keys are told apart: by no more than the policies that decide speak of. */
export function groupingOf({ scope, keys, policies, beside, apart, naming }: Asked): Grouping {
  const said = beside.map(({ text }) => text.toLowerCase()).join(' ')
  const speaking = policies.map(({ id, document }) => ({ id, said: document?.text.toLowerCase() }))
  const listSpeaking = (...words: readonly string[]) =>
    speaking.flatMap((one) => (words.some((word) => one.said?.includes(word)) ? one.id : []))
  const own = policies.flatMap(({ id, document }) => (document && !isPlain(document) ? id : []))
  const patterns = patternsOf(beside)
  const areAllAlone = patterns === null || inNoLine.some((word) => said.includes(word))
  const isAlone = areAllAlone
    ? sql`true`
    : sql`(l.policy = ANY(${[...own, ...listSpeaking(...inNoLine)]}::int[])
        OR l.arn = ANY(${apart})
        OR split_part(l.arn, ':', 6) = ANY(${patterns.exact})) IS TRUE`
  const parts = Object.values(facets).flatMap(({ column, words }) => {
    if (said.includes(words) || (words === facets.region.words && patterns?.area))
      return sql`coalesce(${column}::text, '')`
    const asking = listSpeaking(words)
    if (asking.length === 0) return []
    return sql`coalesce(CASE WHEN l.policy = ANY(${asking}::int[]) THEN ${column} END::text, '')`
  })
  const matched = (patterns?.like ?? []).map(
    ({ whole, like }) =>
      sql`(${whole ? sql`l.arn` : sql`split_part(l.arn, ':', 6)`} LIKE ${like})::int`,
  )
  const isNaming = naming ?? sql`false`
  const ids = policies.map(({ id }) => id)
  return {
    keys: keys.map((way) => sql`${withinAccounts('l.account', scope)} AND ${way}`),
    name: sql`CASE WHEN ${isAlone} THEN l.arn ELSE concat_ws(' ', ${join([
      sql`split_part(l.arn, ':', 2), l.account, i.usage, i.manager, i.state, l.grants_read`,
      sql`CASE WHEN l.policy IS NULL THEN '?' WHEN l.policy = ANY(${ids}::int[])
        THEN l.policy::text ELSE '' END, ${isNaming}`,
      ...parts,
      ...matched,
    ])}) END`,
    naming: isNaming,
    hasTags: said.includes(facets.tags.words) || listSpeaking(facets.tags.words).length > 0,
  }
}

type Patterns = {
  /** `whole`: of the whole ARN; else of what stands behind the account. */
  like: { whole: boolean; like: string }[]
  /** Keys that are named without a wildcard, as `key/ID`. */
  exact: string[]
  /** The Region matters too. */
  area: boolean
}

/** The keys that these documents speak of; null: that cannot be asked of a line. */
function patternsOf(documents: readonly PolicyDocument[]): Patterns | null {
  if (!documents.every(isReadable)) return null
  const values = documents.flatMap(({ statements }) =>
    statements.flatMap(({ resource }) => resource?.values.map(({ value }) => value) ?? []),
  )
  const narrow = [...new Set(values)].filter((value) => value !== '*')
  if (narrow.some((value) => value.includes('${'))) return null
  const like = new Map<string, Patterns['like'][number]>()
  const exact: string[] = []
  for (const value of narrow) {
    const parts = value.split(':')
    const isWhole = parts.length < 6
    const about = isWhole ? value : parts.slice(5).join(':')
    // These tell no key from another.
    if (about === '*' || about === 'key/*') continue
    if (!isWhole && !/[*?]/.test(about)) exact.push(about)
    else like.set(`${isWhole} ${about}`, { whole: isWhole, like: toLike(about) })
  }
  if (like.size > mostPatterns) return null
  return { like: [...like.values()], exact, area: narrow.length > 0 }
}

const toLike = (glob: string): string =>
  glob
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll('*', '%')
    .replaceAll('?', '_')

/** Each way by itself, since of conditions joined by OR no index has them all. */
const linesOf = (ways: readonly Sql[]): Sql =>
  sql`(${join(
    ways.map(
      (way) => sql`SELECT l.arn, l.account, l.policy, l.kind, l.grants_read, l.tags
      FROM derived.reach_line l WHERE ${way}`,
    ),
    ' UNION ',
  )}) l JOIN derived.reach_kind i ON i.id = l.kind`

/**
 * The indexes have all that is asked of a line; the planner takes the table for cheaper, which it is
 * only while it lies in memory as it was filled.
 */
const byIndex = ['enable_seqscan = off', 'enable_bitmapscan = off', 'enable_nestloop = off']

/** Reads the groups, in one pass over the lines of keys. */
export function readGroups({ keys, name, naming, hasTags }: Grouping): Promise<KeyGroup[]> {
  const [tags, tagged] = hasTags
    ? [sql`w.tags`, sql`LEFT JOIN derived.key_tags w ON w.id = g.tags`]
    : [sql`NULL::jsonb`, empty]
  return ask<KeyGroup>(
    sql`SELECT g.name, g.n, g.arn, g.account, g.policy, nullif(i.usage, '') AS usage,
        nullif(i.manager, '') AS manager, nullif(i.state, '') AS state,
        nullif(i.spec, '') AS spec, nullif(i.origin, '') AS origin, nullif(i.scope, '') AS scope,
        g.grants_read AS "grantsRead", ${tags} AS tags, g.naming AS "isNaming",
        g.name = g.arn AS alone
      FROM (SELECT ${name} AS name, count(*)::int AS n, min(l.arn) AS arn,
          min(l.account) AS account, min(l.policy) AS policy, min(l.kind) AS kind,
          min(l.tags) AS tags, bool_and(l.grants_read) AS grants_read,
          bool_or(${naming}) AS naming
        FROM ${linesOf(keys)} GROUP BY 1) g
      JOIN derived.reach_kind i ON i.id = g.kind ${tagged} ORDER BY g.arn`,
    ...byIndex,
  )
}

/** Reads a page of the keys of these groups by ARN, each with the name of its group. */
export async function readKeysOf(
  { keys, name }: Grouping,
  groups: readonly string[],
  { from, size }: { from: number; size: number },
): Promise<{ arn: string; name: string }[]> {
  if (groups.length === 0) return []
  return ask(
    sql`SELECT g.arn, g.name FROM (SELECT l.arn, ${name} AS name FROM ${linesOf(keys)}) g
      JOIN unnest(${groups}::text[]) wanted(name) ON wanted.name = g.name
      ORDER BY g.arn LIMIT ${size}::int OFFSET ${from}::bigint`,
    ...byIndex,
  )
}
