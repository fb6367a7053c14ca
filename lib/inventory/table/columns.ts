import { tagName, type Sort } from '@/lib/table/definition'
import type { Params, SqlProperty } from '@/lib/table/sql'

// r: derived.key_row, f: derived.key_facets, t: derived.key_text

const enumOf = (expression: string): SqlProperty => ({ kind: 'enum', expression })
/**
 * Texts are looked through on their own and give ids: cheaper than joining them to every row, above
 * all for "does not contain".
 */
const inTexts = (condition: string) =>
  `r.id IN (SELECT t.id FROM derived.key_text t WHERE ${condition})`
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

const described = `f.state <> 'unknown'`
const properties: Readonly<Record<string, SqlProperty>> = {
  account: {
    kind: 'enum',
    expression: 'f.account',
    contains: (params, pattern) =>
      `f.account IN (SELECT id FROM "Account" WHERE lower(name) LIKE ${params.add(pattern)} UNION
        SELECT account FROM derived.key_facets WHERE account LIKE ${params.add(pattern)})`,
  },
  region: enumOf('f.region'),
  state: enumOf('f.state'),
  spec: enumOf('f.spec'),
  usage: enumOf('f.usage'),
  origin: enumOf('f.origin'),
  manager: enumOf('f.manager'),
  scope: enumOf('f.scope'),
  rotation: enumOf('f.rotation'),
  gone: enumOf(`CASE WHEN r.gone THEN 'yes' ELSE 'no' END`),
  alias: {
    within: inTexts,
    kind: 'lines',
    expression: 't.alias_text',
    unknown: 't.alias_text IS NULL',
    none: `t.alias_text = ''`,
  },
  description: {
    within: inTexts,
    kind: 'text',
    expression: 't.description',
    unknown: 't.description IS NULL',
    none: `t.description = ''`,
  },
  keyId: { within: inTexts, kind: 'text', expression: 't.key_id' },
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
  deletion: partly('date', 'r.deletion_at', `(${described})`),
  validTo: partly('date', 'r.valid_to', `(${described})`),
  nextRotation: partly('date', 'r.next_rotation_at', `(f.rotation <> 'unknown')`),
  rotationDays: partly('number', 'r.rotation_period_days', `(f.rotation <> 'unknown')`),
  onDemandUsed: partly('number', 'r.on_demand_used', `(f.rotation = 'notApplicable')`),
  grants: nullable('number', 'r.grant_count'),
  grantsByPeople: nullable('number', 'r.grants_by_people'),
  grantsCrossAccount: nullable('number', 'r.grants_cross_account'),
  cost: nullable('number', 'r.monthly_cost_usd'),
  // The text that is searched has no ARNs in it, since every one would
  // repeat the account and key ID.
  '*': {
    within: inTexts,
    kind: 'enum',
    expression: 't.search_text',
    contains: (params, pattern) =>
      `${pattern.startsWith('%arn:') ? 't.arn' : 't.search_text'} LIKE ${params.add(pattern)}`,
  },
}

/** A property of the keys table in SQL; a tag's name travels as a parameter. */
export function keyProperty(params: Params) {
  return (id: string): SqlProperty | null => {
    const tag = tagName(id)
    if (tag === null) return Object.hasOwn(properties, id) ? (properties[id] ?? null) : null
    return {
      within: inTexts,
      kind: 'tag',
      tags: 't.tags',
      name: tag,
      unknown: 't.tags IS NULL',
      none: () => `(t.tags IS NOT NULL AND NOT t.tags ? ${params.add(tag, 'text')})`,
    }
  }
}

/**
 * What is the same for every key of a combination of facets: those few thousand are ranked, the
 * keys sorted by an integer.
 */
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
  onDemandUsed: 'r.on_demand_used',
  lastUse: 'r.last_used_at',
  grants: 'r.grant_count',
  grantsByPeople: 'r.grants_by_people',
  grantsCrossAccount: 'r.grants_cross_account',
  owner: `NULLIF(r.owner, '')`,
  // The column shows the age: the youngest first when ascending.
  created: 'claviger_now() - r.created_at',
  cost: 'r.monthly_cost_usd',
  deletion: 'r.deletion_at',
  validTo: 'r.valid_to',
}
const textSorts: Readonly<Record<string, string>> = {
  description: `NULLIF(t.description, '')`,
  keyId: 't.key_id',
}

/** What to join for an order and what to order by; unknown last in both directions. */
export function keySort(
  { column, direction }: Sort,
  params: Params,
): { join: string; order: string } {
  const way = `${direction === 'desc' ? 'DESC' : 'ASC'} NULLS LAST`
  const facet = facetSorts[column]
  if (facet) {
    const accounts = column === 'account' ? 'LEFT JOIN "Account" a ON a.id = f.account' : ''
    return {
      join: `JOIN (SELECT f.id, dense_rank() OVER (ORDER BY ${facet} ${way}) AS place
        FROM derived.key_facets f ${accounts}) o ON o.id = r.facets`,
      order: 'o.place',
    }
  }
  const tag = tagName(column)
  const text = tag === null ? textSorts[column] : `t.tags ->> ${params.add(tag, 'text')}`
  if (text) return { join: 'JOIN derived.key_text t ON t.id = r.id', order: `${text} ${way}` }
  return { join: '', order: `${rowSorts[column] ?? 'r.alias'} ${way}` }
}
