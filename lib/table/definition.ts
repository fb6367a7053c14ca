import { anyText, noneValue, unknownValue, type Operator, type Token } from './filter'

export type PropertyKind = 'enum' | 'text' | 'number' | 'date' | 'any'
export type Property = {
  label: string
  kind: PropertyKind
  /** What it says besides the kind's own words: `contains` for an account by its name. */
  also?: readonly Operator[]
  /** Values it can have, where they are few and known; counted ones come with the page. */
  values?: readonly string[]
  /** How its values are said, where that is other than they are stored. */
  words?: Readonly<Record<string, string>>
}
export type Column = { id: string; label: string; sortable: boolean; width?: number }
export type Sort = { column: string; direction: 'asc' | 'desc' }

/** What can be said about a table: shared by its URL, its reader and its view. */
export type TableDefinition = {
  name: string
  title: string
  /** One row and several, as a sentence says them. */
  noun: readonly [one: string, many: string]
  /** The page's address; that of its rows is the same below /api. */
  path: string
  /** The page that it belongs under, for the breadcrumbs. */
  parent?: { title: string; path: string }
  properties: Readonly<Record<string, Property>>
  columns: readonly Column[]
  defaultColumns: readonly string[]
  defaultSort: Sort
  /** True when a tag by name is a property and a column: `tag:team`. */
  tags: boolean
  pageSizes: readonly number[]
  /** Properties that are counted beside the table, in the order they are drawn. */
  facets: readonly string[]
}

/** What a cell says: on the screen and in a download. Known and null is "none". */
export type Cell = {
  value: CellValue
  /** Why the value is unknown; null when it is known. */
  unknown: string | null
  observedAt: string | null
}
export type CellValue = string | number | readonly string[] | object | null
export const known = (value: CellValue, observedAt: string | null = null): Cell => ({
  value,
  unknown: null,
  observedAt,
})

/** One fact of a table's rows: how it is filtered by, shown, counted and downloaded. */
export type Field<Row> = {
  label: string
  /** Left out: it cannot be filtered by. Its label is the field's unless it has its own. */
  filter?: Omit<Property, 'label'> & { label?: string }
  /** Left out: it has no column. `width` is in pixels. */
  column?: { label?: string; unsorted?: true; width?: number }
  /** Its values are counted beside the table. */
  facet?: true
  /** Left out: it is shown, and not downloaded. */
  cell?: (row: Row) => Cell
}
type Fields<Row> = Readonly<Record<string, Field<Row>>>
type IdsWith<F, Part extends keyof Field<never>> = {
  [Id in keyof F]: F[Id] extends Record<Part, unknown> ? Id : never
}[keyof F] &
  string

/** A table with the cells of its rows. */
export type Table<Row, F extends Fields<Row> = Fields<Row>> = Omit<TableDefinition, 'facets'> & {
  fields: F
  facets: readonly IdsWith<F, 'facet'>[]
}
export type FilterId<T extends { fields: object }> = IdsWith<T['fields'], 'filter'>
type SortIds<F> = {
  [Id in keyof F]: F[Id] extends { column: infer C }
    ? C extends { unsorted: true }
      ? never
      : Id
    : never
}[keyof F] &
  string
/** The columns that can be sorted by: each has an order in SQL. */
export type SortId<T extends { fields: object }> = SortIds<T['fields']>
export type FacetId<T extends { fields: object }> = IdsWith<T['fields'], 'facet'>

type Spec = Pick<TableDefinition, 'name' | 'title' | 'noun' | 'path' | 'parent' | 'defaultSort'> & {
  defaultColumns: readonly string[]
  tags?: boolean
}

/** A table is its fields: everything else of its definition follows from them. */
export const defineTable =
  <Row>() =>
  <const F extends Fields<Row>>(spec: Spec & { fields: F }): Table<Row, F> => {
    const fields = Object.entries<Field<Row>>(spec.fields)
    return {
      pageSizes: [50, 75, 100],
      tags: false,
      ...spec,
      properties: Object.fromEntries(
        fields.flatMap(([id, { label, filter }]) => (filter ? [[id, { label, ...filter }]] : [])),
      ),
      columns: fields.flatMap(([id, { label, column }]) =>
        column
          ? [{ id, label: column.label ?? label, sortable: !column.unsorted, width: column.width }]
          : [],
      ),
      facets: fields.flatMap(([id, { facet }]) => (facet ? [id as IdsWith<F, 'facet'>] : [])), // said by its field
    }
  }

export const tagPrefix = 'tag:'
export const tagName = (id: string): string | null =>
  id.startsWith(tagPrefix) && id.length > tagPrefix.length ? id.slice(tagPrefix.length) : null

const any: Property = { label: 'Any text', kind: 'any' }
export function propertyOf(definition: TableDefinition, id: string): Property | null {
  if (id === anyText) return any
  const tag = definition.tags ? tagName(id) : null
  if (tag !== null) return { label: `Tag ${tag}`, kind: 'text' }
  return Object.hasOwn(definition.properties, id) ? (definition.properties[id] ?? null) : null
}

export function columnOf(definition: TableDefinition, id: string): Column | null {
  const tag = definition.tags ? tagName(id) : null
  if (tag !== null) return { id, label: `Tag ${tag}`, sortable: true }
  return definition.columns.find((column) => column.id === id) ?? null
}

const equality = ['eq', 'ne'] as const
const texts = ['eq', 'ne', 'has', 'hasnt', 'starts', 'startsnt'] as const
const order = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const
export const operatorsOf: Readonly<Record<PropertyKind, readonly Operator[]>> = {
  enum: equality,
  text: texts,
  number: order,
  date: order,
  any: ['has', 'hasnt'],
}

const isOrder = (operator: Operator) =>
  operator === 'lt' || operator === 'le' || operator === 'gt' || operator === 'ge'
const isDay = (value: string) =>
  /^\d{4}-\d{2}-\d{2}$/u.test(value) &&
  new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value) === true
const isNumber = (value: string) => /^-?\d{1,12}(\.\d{1,6})?$/u.test(value)

/** Why a token cannot be said about this table, or null. */
export function tokenProblem(definition: TableDefinition, token: Token): string | null {
  const property = propertyOf(definition, token.property)
  if (!property) return `there is no property "${token.property}" here`
  if (![...operatorsOf[property.kind], ...(property.also ?? [])].includes(token.operator))
    return `${property.label} does not know "${token.operator}"`
  const special = (value: string) =>
    !isOrder(token.operator) && (value === unknownValue || value === noneValue)
  const wrong = token.values.find(
    (value) =>
      (property.kind === 'number' && !isNumber(value) && !special(value)) ||
      (property.kind === 'date' && !isDay(value) && !special(value)),
  )
  if (wrong === undefined) return null
  return property.kind === 'number'
    ? `${property.label} wants a number, not "${wrong}"`
    : `${property.label} wants a day such as 2026-04-23, not "${wrong}"`
}
