import { tagName, type FacetId, type FilterId, type Sort } from '@/lib/table/definition'
import { anyText } from '@/lib/table/filter'
import type { Params, SqlProperty } from '@/lib/table/sql'
import type { keysTable } from './keys-table'

// r: derived.key_row, f: derived.key_facets, t: derived.key_text

const described = `f.state <> 'unknown'`

/** What a key is sorted by. Null where unknown or none, so that both stand last. */
type Sorting =
  /**
   * The same for every key of a combination of facets: those few thousand are ranked, the keys
   * sorted by an integer.
   */
  | { of: 'facets'; expression: string }
  | { of: 'row'; expression: string }
  | { of: 'text'; expression: string }
const byFacets = (expression: string): Sorting => ({ of: 'facets', expression })
const byRow = (expression: string): Sorting => ({ of: 'row', expression })
const byText = (expression: string): Sorting => ({ of: 'text', expression })

type FieldSql = SqlProperty & { sort?: Sorting }

/**
 * Texts are looked through on their own and give ids: cheaper than joining them to every row, above
 * all for "does not contain".
 */
const inTexts = (condition: string) =>
  `r.id IN (SELECT t.id FROM derived.key_text t WHERE ${condition})`
const nullable = (kind: 'number' | 'date', column: string): FieldSql => ({
  kind,
  expression: column,
  unknown: `${column} IS NULL`,
  sort: byRow(column),
})
/** Null in a row whose part is known means none. */
const partly = (kind: 'number' | 'date', column: string, known: string): FieldSql => ({
  kind,
  expression: column,
  unknown: `(${column} IS NULL AND NOT ${known})`,
  none: `(${column} IS NULL AND ${known})`,
  sort: byRow(column),
})

/** A facet that is a column of derived.key_facets, which spells "unknown" itself. */
const facet = (name: FacetId<typeof keysTable>): FieldSql => ({
  kind: 'enum',
  expression: `f.${name}`,
  sort: byFacets(`NULLIF(f.${name}, 'unknown')`),
})

/** Each field of the table that can be filtered by, in SQL. */
const fields: Readonly<Record<FilterId<typeof keysTable>, FieldSql>> = {
  account: {
    kind: 'enum',
    expression: 'f.account',
    contains: (params, pattern) =>
      `f.account IN (SELECT id FROM "Account" WHERE lower(name) LIKE ${params.add(pattern)} UNION
        SELECT account FROM derived.key_facets WHERE account LIKE ${params.add(pattern)})`,
    sort: byFacets('a.name'),
  },
  region: { ...facet('region'), sort: byFacets('f.region') },
  state: facet('state'),
  spec: facet('spec'),
  usage: facet('usage'),
  origin: facet('origin'),
  manager: facet('manager'),
  scope: facet('scope'),
  rotation: facet('rotation'),
  gone: { kind: 'enum', expression: `CASE WHEN r.gone THEN 'yes' ELSE 'no' END` },
  alias: {
    within: inTexts,
    kind: 'lines',
    expression: 't.alias_text',
    unknown: 't.alias_text IS NULL',
    none: `t.alias_text = ''`,
    sort: byRow(`NULLIF(r.alias, '')`),
  },
  description: {
    within: inTexts,
    kind: 'text',
    expression: 't.description',
    unknown: 't.description IS NULL',
    none: `t.description = ''`,
    sort: byText(`NULLIF(t.description, '')`),
  },
  keyId: { within: inTexts, kind: 'text', expression: 't.key_id', sort: byText('t.key_id') },
  arn: { within: inTexts, kind: 'text', expression: 't.arn' },
  owner: {
    kind: 'text',
    expression: 'r.owner',
    unknown: 'r.owner IS NULL',
    none: `r.owner = ''`,
    sort: byRow(`NULLIF(r.owner, '')`),
  },
  // The column shows the age: the youngest first when ascending.
  created: { ...nullable('date', 'r.created_at'), sort: byRow('claviger_now() - r.created_at') },
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
}

/** The text that is searched has no ARNs in it: every one would repeat the account and key ID. */
const anywhere: SqlProperty = {
  within: inTexts,
  kind: 'enum',
  expression: 't.search_text',
  contains: (params, pattern) =>
    `${pattern.startsWith('%arn:') ? 't.arn' : 't.search_text'} LIKE ${params.add(pattern)}`,
}
const isField = (id: string): id is keyof typeof fields => Object.hasOwn(fields, id)

/** A property of the keys table in SQL; a tag's name travels as a parameter. */
export function keyProperty(params: Params) {
  return (id: string): SqlProperty | null => {
    if (id === anyText) return anywhere
    const tag = tagName(id)
    if (tag === null) return isField(id) ? fields[id] : null
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

/** What to join for an order and what to order by; unknown last in both directions. */
export function keySort(
  { column, direction }: Sort,
  params: Params,
): { join: string; order: string } {
  const way = `${direction === 'desc' ? 'DESC' : 'ASC'} NULLS LAST`
  const { of, expression } = sortingOf(column, params)
  if (of === 'row') return { join: '', order: `${expression} ${way}` }
  if (of === 'text')
    return { join: 'JOIN derived.key_text t ON t.id = r.id', order: `${expression} ${way}` }
  const accounts = column === 'account' ? 'LEFT JOIN "Account" a ON a.id = f.account' : ''
  return {
    join: `JOIN (SELECT f.id, dense_rank() OVER (ORDER BY ${expression} ${way}) AS place
        FROM derived.key_facets f ${accounts}) o ON o.id = r.facets`,
    order: 'o.place',
  }
}

function sortingOf(column: string, params: Params): Sorting {
  const tag = tagName(column)
  if (tag !== null) return byText(`t.tags ->> ${params.add(tag, 'text')}`)
  const sort = isField(column) ? fields[column].sort : undefined
  if (!sort) throw new Error(`The table of keys cannot be sorted by "${column}".`)
  return sort
}
