import { accountsOf, withinAccounts, type Scope } from '@/lib/db/scope'
import { tagName, type Sort } from '@/lib/table/definition'
import type { KeyFacet } from '@/lib/table/keys'
import type { Params, SqlProperty } from '@/lib/table/sql'

// r: derived.key_row, f: derived.key_facets, d: derived.key_description, w: derived.key_tags,
// t: derived.key_text

/**
 * What keys have in common stands once: a condition is asked of those few thousand, and the keys
 * compared by number. So `or` stays one pass over narrow rows, and nothing is joined to all of them.
 */
const inFacets = (condition: string) =>
  `r.facets IN (SELECT f.id FROM derived.key_facets f WHERE ${condition})`
const inDescriptions = (condition: string) =>
  `r.description IN (SELECT d.id FROM derived.key_description d WHERE ${condition})`
const inTags = (condition: string) =>
  `r.tags IN (SELECT w.id FROM derived.key_tags w WHERE ${condition})`
const inTexts = (condition: string) =>
  `r.id IN (SELECT t.id FROM derived.key_text t WHERE ${condition})`
const facetOf = (name: KeyFacet): SqlProperty => ({
  within: inFacets,
  kind: 'enum',
  expression: `f.${name}`,
})
const nullable = (kind: 'number' | 'date', column: string): SqlProperty => ({
  kind,
  expression: column,
  unknown: `${column} IS NULL`,
})
/** Null in a row whose part is known means none. */
const partly = (kind: 'number' | 'date', column: string, known: string): SqlProperty => ({
  kind,
  expression: column,
  unknown: `(${column} IS NULL AND NOT ${known})`,
  none: `(${column} IS NULL AND ${known})`,
})

const described = inFacets(`f.state <> 'unknown'`)
const isRotationKnown = inFacets(`f.rotation <> 'unknown'`)
const isRotationNever = inFacets(`f.rotation = 'notApplicable'`)

/** Nothing is asked for who sees all accounts. */
export const inScopeOf = (scope: Scope, params: Params): string | null =>
  scope.all ? null : inFacets(withinAccounts('f.account', params.add(accountsOf(scope))))

/** Accounts by name or ID. */
const accountsLike = (pattern: string) =>
  `f.account IN (SELECT id FROM "Account" WHERE lower(name) LIKE ${pattern} UNION
    SELECT account FROM derived.key_facets WHERE account LIKE ${pattern})`

/**
 * Any text of a key: its ID, aliases, description, tags, account. It has no ARNs in it, since every
 * one would repeat the account and key ID. A text with a space might begin in one part and end in
 * the next: only the parts put together hold it.
 */
function anyTextLike(params: Params, pattern: string): string {
  const like = `LIKE ${params.add(pattern)}`
  if (pattern.startsWith('%arn:')) return inTexts(`t.arn ${like}`)
  if (/\s/u.test(pattern)) return inTexts(`t.search_text ${like}`)
  return `(${[
    inFacets(accountsLike(like.slice('LIKE '.length))),
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

const properties: Readonly<Record<string, SqlProperty>> = {
  account: {
    ...facetOf('account'),
    kind: 'enum',
    expression: 'f.account',
    contains: (params, pattern) => accountsLike(params.add(pattern)),
  },
  region: facetOf('region'),
  state: facetOf('state'),
  spec: facetOf('spec'),
  usage: facetOf('usage'),
  origin: facetOf('origin'),
  manager: facetOf('manager'),
  scope: facetOf('scope'),
  rotation: facetOf('rotation'),
  gone: { kind: 'enum', expression: `CASE WHEN r.gone THEN 'yes' ELSE 'no' END` },
  alias: {
    kind: 'lines',
    expression: 'r.alias_text',
    unknown: 'r.alias_text IS NULL',
    none: `r.alias_text = ''`,
  },
  description: {
    within: inDescriptions,
    kind: 'text',
    expression: 'd.text',
    unknown: 'r.description IS NULL',
    none: inDescriptions(`d.text = ''`),
  },
  keyId: { kind: 'text', expression: 'r.key_id' },
  arn: { within: inTexts, kind: 'text', expression: 't.arn' },
  owner: { kind: 'text', expression: 'r.owner', unknown: 'r.owner IS NULL', none: `r.owner = ''` },
  created: nullable('date', 'r.created_at'),
  ageDays: { kind: 'days', since: 'r.created_at', unknown: 'r.created_at IS NULL' },
  lastUse: partly('date', 'r.last_used_at', 'r.use_known'),
  // "Unused for more than 90 days" is true of a key without any recorded use as far back as AWS
  // tracks; "for less than" is not known.
  unusedDays: {
    kind: 'days',
    since: 'r.last_used_at',
    longSince: 'r.unused_since',
    unknown: 'r.unused_since IS NULL',
  },
  deletion: partly('date', 'r.deletion_at', described),
  validTo: partly('date', 'r.valid_to', described),
  nextRotation: partly('date', 'r.next_rotation_at', isRotationKnown),
  rotationDays: partly('number', 'r.rotation_period_days', isRotationKnown),
  onDemandUsed: partly('number', 'r.on_demand_used', isRotationNever),
  grants: nullable('number', 'r.grant_count'),
  grantsByPeople: nullable('number', 'r.grants_by_people'),
  grantsCrossAccount: nullable('number', 'r.grants_cross_account'),
  cost: nullable('number', 'r.monthly_cost_usd'),
  '*': { kind: 'enum', expression: `''`, contains: anyTextLike },
}

/** A property of the keys table in SQL; a tag's name travels as a parameter. */
export function keyProperty(params: Params) {
  return (id: string): SqlProperty | null => {
    const tag = tagName(id)
    if (tag === null) return Object.hasOwn(properties, id) ? (properties[id] ?? null) : null
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

const facetSorts: Readonly<Record<string, string>> = {
  account: 'a.name',
  region: 'f.region',
  state: `NULLIF(f.state, 'unknown')`,
  spec: `NULLIF(f.spec, 'unknown')`,
  usage: `NULLIF(f.usage, 'unknown')`,
  origin: `NULLIF(f.origin, 'unknown')`,
  manager: `NULLIF(f.manager, 'unknown')`,
  scope: `NULLIF(f.scope, 'unknown')`,
  rotation: `NULLIF(f.rotation, 'unknown')`,
}
/** Null where unknown or none, so that both sort last. */
const rowSorts: Readonly<Record<string, string>> = {
  alias: `NULLIF(r.alias, '')`,
  nextRotation: 'r.next_rotation_at',
  lastUse: 'r.last_used_at',
  owner: `NULLIF(r.owner, '')`,
  cost: 'r.monthly_cost_usd',
  deletion: 'r.deletion_at',
  validTo: 'r.valid_to',
}

/** Whole numbers of 32 bits; null where unknown or none. */
const numberSorts: Readonly<Record<string, string>> = {
  onDemandUsed: 'r.on_demand_used',
  grants: 'r.grant_count',
  grantsByPeople: 'r.grants_by_people',
  grantsCrossAccount: 'r.grants_cross_account',
}

/** One number of place and ID sorts far faster than two; without a place, last. */
const inPlace = (place: string) => `((coalesce(${place}, 2147483647)::bigint << 32) + r.id)`

/** Ranks what stands once for many keys, which are then sorted by that number. */
const ranked = (column: string, from: string, value: string, way: string) => ({
  join: `LEFT JOIN (SELECT one.id, ranks.place
    FROM (SELECT id, ${value} AS value FROM ${from}) one
    JOIN (SELECT value, row_number() OVER (ORDER BY value ${way}) AS place
      FROM (SELECT DISTINCT ${value} AS value FROM ${from}) given) ranks ON ranks.value = one.value) o
    ON o.id = ${column}`,
  order: inPlace('o.place'),
})

/** What to join for an order and what to order by; unknown last in both directions. */
export function keySort(
  { column, direction }: Sort,
  params: Params,
): { join: string; order: string } {
  const number = numberSorts[column]
  if (number) return { join: '', order: inPlace(direction === 'desc' ? `-${number}` : number) }
  const facet = facetSorts[column]
  const way = `${direction === 'desc' ? 'DESC' : 'ASC'} NULLS LAST`
  if (facet) {
    const accounts = column === 'account' ? 'LEFT JOIN "Account" a ON a.id = f.account' : ''
    const from = `(SELECT f.id, ${facet} AS sorted FROM derived.key_facets f ${accounts}) sorts`
    return ranked('r.facets', from, 'sorted', way)
  }
  const tag = tagName(column)
  if (tag !== null)
    return ranked('r.tags', 'derived.key_tags', `tags ->> ${params.add(tag, 'text')}`, way)
  if (column === 'description')
    return ranked('r.description', 'derived.key_description', `NULLIF(text, '')`, way)
  // Never null: said without NULLS LAST, its index serves both directions.
  if (column === 'keyId') return { join: '', order: `r.key_id ${direction}, r.id` }
  // The column shows the age: the youngest first when ascending.
  if (column === 'created')
    return {
      join: '',
      order: `r.created_at ${direction === 'desc' ? 'ASC' : 'DESC'} NULLS LAST, r.id`,
    }
  return { join: '', order: `${rowSorts[column] ?? 'r.alias'} ${way}, r.id` }
}
