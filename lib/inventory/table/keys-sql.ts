import { accountsOf, withinAccounts, type Scope } from '@/lib/db/scope'
import {
  tagName,
  type FacetId,
  type FilterId,
  type Sort,
  type SortId,
} from '@/lib/table/definition'
import { partitionsOfRegions } from '@/lib/kms/arn'
import { anyText } from '@/lib/table/filter'
import type { Params, SqlProperty } from '@/lib/table/sql'
import type { keysTable } from './keys-table'
import { bytesOf, type SharedTable } from './shared-bytes'

// r: derived.key_row, f: derived.key_facets, d: derived.key_description, w: derived.key_tags

/**
 * What keys have in common stands once: a condition is asked of those few thousand, and gives a
 * byte for each, 1 where it holds, at the place of its number (shared-bytes.ts). A key is then asked
 * for one byte, which costs a fifth of looking its number up in a hash; so `or` stays one pass over
 * narrow rows, and nothing is joined to all of them.
 */
const inNumbered = (number: string, of: SharedTable, condition: string) =>
  `get_byte(${bytesOf(of, condition)}, ${number})::boolean`
const inFacets = (condition: string) => inNumbered('r.facets', 'f', condition)
const inDescriptions = (condition: string) => inNumbered('r.description', 'd', condition)
const inTags = (condition: string) => inNumbered('r.tags', 'w', condition)

/**
 * What to join for an order and what to order by; unknown and none stand last in both directions.
 * `place`: one number to order by, with the ID in its lower 32 bits. `indexed`: what to order by,
 * of which an index has the values in order, but for null in front. `places`, of an order that is
 * the same for all keys of a combination: its combinations (id), each with a place of its own.
 */
export type OfKeys = { join: string } & ({ order: string; indexed?: string } | { place: string })
export type OfCombinations = { places: string }
type Order = OfKeys | OfCombinations
type Sorting = (direction: Sort['direction']) => Order

const wayOf = (direction: Sort['direction']) =>
  `${direction === 'desc' ? 'DESC' : 'ASC'} NULLS LAST`
/** A column of the row, null where unknown or none. */
const byRow = (column: string) => (direction: Sort['direction']) => ({
  join: '',
  order: `${column} ${wayOf(direction)}, r.id`,
})

/** One number of place and ID (below 2^32) sorts far faster than two; without a place, last. */
const inPlace = (place: string, id = 'r.id') =>
  `(coalesce(${place}, 2147483647) * 4294967296 + ${id})`
/** A whole number of 32 bits, null where unknown or none. */
const byNumber =
  (column: string): Sorting =>
  (direction) => ({ join: '', place: inPlace(direction === 'desc' ? `-${column}` : column) })

/** Ranks the values of what stands once for many keys; of a value that is null there is no place. */
const rankedOf = (from: string, value: string, direction: Sort['direction']) =>
  `(SELECT value, row_number() OVER (ORDER BY value ${wayOf(direction)}) AS place
    FROM (SELECT DISTINCT ${value} AS value FROM ${from}) given) ranks`
/** Ranked once, however few keys the planner expects; keys are then sorted by that number. */
const byRank =
  (column: string, from: string, value: string): Sorting =>
  (direction) => ({
    join: `LEFT JOIN (WITH placed AS MATERIALIZED (
        SELECT one.id, ranks.place FROM (SELECT id, ${value} AS value FROM ${from}) one
        JOIN ${rankedOf(from, value, direction)} ON ranks.value = one.value)
      SELECT id, place FROM placed) o ON o.id = ${column}`,
    place: inPlace('o.place'),
  })

/**
 * Keys with one value stand by combination: where a page begins is then known from the counts, and
 * nothing that stands before it is looked at.
 */
const byFacet =
  (value: string, join = ''): Sorting =>
  (direction) => {
    const from = `derived.key_facets f ${join}`
    return {
      places: `SELECT f.id, ${inPlace('ranks.place', 'f.id')} AS place FROM ${from}
        LEFT JOIN ${rankedOf(from, value, direction)} ON ranks.value = ${value}`,
    }
  }

type FieldSql = SqlProperty & { sort?: Sorting }
type SortedSql = SqlProperty & { sort: Sorting }
type KeyField = FilterId<typeof keysTable>

/** A facet that is a column of derived.key_facets, which spells "unknown" itself. */
const facet = (name: FacetId<typeof keysTable>): SortedSql => ({
  within: inFacets,
  kind: 'enum',
  expression: `f.${name}`,
  sort: byFacet(`NULLIF(f.${name}, 'unknown')`),
})
const nullable = (kind: 'number' | 'date', column: string, sort: Sorting): SortedSql => ({
  kind,
  expression: column,
  unknown: `${column} IS NULL`,
  sort,
})
/** Null in a row whose part is known means none. */
const partly = <S extends Sorting | undefined>(
  kind: 'number' | 'date',
  column: string,
  known: string,
  sort: S,
) => ({
  kind,
  expression: column,
  unknown: `(${column} IS NULL AND NOT ${known})`,
  none: `(${column} IS NULL AND ${known})`,
  sort,
})

const described = inFacets(`f.state <> 'unknown'`)
const isRotationKnown = inFacets(`f.rotation <> 'unknown'`)
/** As onDemandRotationApplies says it of one key: imported symmetric material can be rotated. */
const isNeverRotated = inFacets(`f.manager = 'AWS' OR f.rotation = 'notApplicable'
  AND NOT (f.origin = 'EXTERNAL' AND f.spec IN ('SYMMETRIC_DEFAULT', 'SM4'))`)
const isOfCustomer = inFacets(`f.manager = 'CUSTOMER'`)

/** Whether a property is the same for all keys of a combination of facets. */
export const isOfCombination = (property: SqlProperty | null): boolean =>
  property === null || property === fields.gone || property.within === inFacets

/** What r is: each key by itself, or a combination of facets with the number of its keys. */
export type Asked = 'keys' | 'combinations'
/** Of combinations themselves: a byte for each would be made for one look at it. */
const inFoundFacets = (condition: string) =>
  `r.facets IN (SELECT f.id FROM derived.key_facets f WHERE ${condition})`
const facetsOf = { keys: inFacets, combinations: inFoundFacets } as const

/**
 * Nothing is asked for who sees all accounts. Keys are asked by byte, which no plan begins with:
 * from an account of 16,000 keys each would be looked up by itself, where one pass touches a tenth
 * as many blocks.
 */
export function inScopeOf(scope: Scope, params: Params, asked: Asked): string | null {
  if (scope.all) return null
  return facetsOf[asked](withinAccounts('f.account', params.add(accountsOf(scope))))
}

/** Accounts by name or ID. */
const accountsLike = (pattern: string) =>
  `f.account IN (SELECT id FROM "Account" WHERE lower(name) LIKE ${pattern} UNION
    SELECT account FROM derived.key_facets WHERE account LIKE ${pattern})`

const partition = `CASE ${Object.entries(partitionsOfRegions)
  .map(([start, name]) => `WHEN f.region LIKE '${start}%' THEN '${name}'`)
  .join(' ')} ELSE 'aws' END`
/** The ARN of a key up to its ID. */
const arnUpToId = `'arn:' || ${partition} || ':kms:' || f.region || ':' || f.account || ':key/'`

/** ARNs are in no row: an ARN is its combination and the key ID, with the only slash between them. */
function arnLike(params: Params, pattern: string): string {
  const slash = pattern.lastIndexOf('/') + 1
  if (slash > 0)
    return `(${inFacets(`${arnUpToId} LIKE ${params.add(pattern.slice(0, slash))}`)}
      AND r.key_id LIKE ${params.add(pattern.slice(slash))})`
  const like = `LIKE ${params.add(pattern)}`
  const before = inFacets(`${arnUpToId} ${like}`)
  return pattern.startsWith('%') ? `(${before} OR r.key_id ${like})` : before
}

/**
 * Any text of a key, each by itself: its ID, aliases, description, tags, account, and its ARN where
 * the text begins like one.
 */
function anyTextLike(params: Params, pattern: string): string {
  const has = params.add(pattern)
  const like = `LIKE ${has}`
  return `(${[
    ...(pattern.startsWith('%arn:') ? [arnLike(params, pattern)] : []),
    inFacets(accountsLike(has)),
    inTags(`w.search_text ${like}`),
    inDescriptions(`d.search_text ${like}`),
    `r.alias_text ${like}`,
    ...aliasesBehindPrefix(params, pattern.slice(1, -1)),
    `r.key_id ${like}`,
  ].join(' OR ')})`
}

/** Aliases are kept without "alias/", which is a part of their text all the same. */
function aliasesBehindPrefix(params: Params, text: string): string[] {
  const prefix = 'alias/'
  if (prefix.includes(text)) return [`r.alias_text <> ''`]
  return Array.from(prefix, (_, at) => prefix.slice(at))
    .filter((end) => text.startsWith(end))
    .map((end) => `r.alias_text LIKE ${params.add(`%\n${text.slice(end.length)}%`)}`)
}

/** Each field of the table that can be filtered by, in SQL. */
const fields: Readonly<{
  [Id in KeyField]: Id extends SortId<typeof keysTable> ? SortedSql : FieldSql
}> = {
  account: {
    within: inFacets,
    kind: 'enum',
    expression: 'f.account',
    contains: (params, pattern) => accountsLike(params.add(pattern)),
    sort: byFacet('a.name', 'LEFT JOIN "Account" a ON a.id = f.account'),
  },
  region: { ...facet('region'), sort: byFacet('f.region') },
  state: facet('state'),
  spec: facet('spec'),
  usage: facet('usage'),
  origin: facet('origin'),
  manager: facet('manager'),
  scope: facet('scope'),
  rotation: facet('rotation'),
  gone: { kind: 'enum', expression: `CASE WHEN r.gone THEN 'yes' ELSE 'no' END` },
  alias: {
    kind: 'lines',
    expression: 'r.alias_text',
    unknown: 'r.alias_text IS NULL',
    none: `r.alias_text = ''`,
    sort: (direction) => ({
      ...byRow(`NULLIF(r.alias, '')`)(direction),
      ...(direction === 'desc' ? { indexed: `NULLIF(r.alias, '')` } : {}),
    }),
  },
  description: {
    within: inDescriptions,
    kind: 'text',
    expression: 'd.text',
    unknown: 'r.description IS NULL',
    none: inDescriptions(`d.text = ''`),
    sort: byRank('r.description', 'derived.key_description', `NULLIF(text, '')`),
  },
  keyId: {
    kind: 'text',
    expression: 'r.key_id',
    // Never null: said without NULLS LAST, its index serves both directions.
    sort: (direction) => ({ join: '', order: `r.key_id ${direction}, r.id` }),
  },
  arn: { kind: 'pattern', like: arnLike },
  owner: {
    kind: 'text',
    expression: 'r.owner',
    unknown: 'r.owner IS NULL',
    none: `r.owner = ''`,
    sort: byRow(`NULLIF(r.owner, '')`),
  },
  // The column shows the age: the youngest first when ascending.
  created: nullable('date', 'r.created_at', (direction) =>
    byRow('r.created_at')(direction === 'desc' ? 'asc' : 'desc'),
  ),
  ageDays: { kind: 'days', since: 'r.created_at', unknown: 'r.created_at IS NULL' },
  lastUse: partly('date', 'r.last_used_at', 'r.use_known', byRow('r.last_used_at')),
  // "Unused for more than 90 days" is true of a key without any recorded use as far back as AWS
  // tracks; "for less than" is not known.
  unusedDays: {
    kind: 'days',
    since: 'r.last_used_at',
    longSince: 'r.unused_since',
    unknown: 'r.unused_since IS NULL',
  },
  deletion: partly('date', 'r.deletion_at', described, byRow('r.deletion_at')),
  validTo: partly('date', 'r.valid_to', described, byRow('r.valid_to')),
  nextRotation: partly('date', 'r.next_rotation_at', isRotationKnown, byRow('r.next_rotation_at')),
  lastRotation: partly(
    'date',
    'r.last_rotated_at',
    `(r.on_demand_used IS NOT NULL OR ${isNeverRotated} AND ${isOfCustomer})`,
    byRow('r.last_rotated_at'),
  ),
  rotationDays: partly('number', 'r.rotation_period_days', isRotationKnown, undefined),
  onDemandUsed: partly('number', 'r.on_demand_used', isNeverRotated, byNumber('r.on_demand_used')),
  grants: nullable('number', 'r.grant_count', byNumber('r.grant_count')),
  grantsByPeople: nullable('number', 'r.grants_by_people', byNumber('r.grants_by_people')),
  grantsCrossAccount: nullable(
    'number',
    'r.grants_cross_account',
    byNumber('r.grants_cross_account'),
  ),
  cost: nullable('number', 'r.monthly_cost_usd', byRow('r.monthly_cost_usd')),
}
const anywhere: SqlProperty = { kind: 'enum', expression: `''`, contains: anyTextLike }
const isField = (id: string): id is keyof typeof fields => Object.hasOwn(fields, id)

/** A property of the keys table in SQL; a tag's name travels as a parameter. */
export function keyProperty(params: Params) {
  return (id: string): SqlProperty | null => {
    if (id === anyText) return anywhere
    const tag = tagName(id)
    if (tag === null) return isField(id) ? fields[id] : null
    return {
      within: inTags,
      kind: 'tag',
      tags: 'w.tags',
      name: tag,
      unknown: 'r.tags IS NULL',
      none: () => inTags(`NOT w.tags ? ${params.add(tag, 'text')}`),
    }
  }
}

/** The same of combinations, as far as it is the same for all keys of one. */
export const amongCombinations = (property: SqlProperty | null): SqlProperty | null =>
  property?.within === inFacets ? { ...property, within: inFoundFacets } : property

export function keySort({ column, direction }: Sort, params: Params): Order {
  const tag = tagName(column)
  if (tag !== null) {
    const value = `tags ->> ${params.add(tag, 'text')}`
    return byRank('r.tags', 'derived.key_tags', value)(direction)
  }
  const sort = isField(column) ? fields[column].sort : undefined
  if (!sort) throw new Error(`The table of keys cannot be sorted by "${column}".`)
  return sort(direction)
}
