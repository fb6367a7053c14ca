import { anyText, noneValue, unknownValue, type Operator, type Token } from './filter'

export type PropertyKind = 'enum' | 'text' | 'number' | 'date' | 'any'
export type Property = {
  label: string
  kind: PropertyKind
  /** What it says besides the kind's own words: `contains` for an account by its name. */
  also?: readonly Operator[]
  /** Values it can have, where they are few and known; counted ones come with the page. */
  values?: readonly string[]
}
export type Column = { id: string; label: string; sortable: boolean }
export type Sort = { column: string; direction: 'asc' | 'desc' }

/** What can be said about a table: shared by its URL, its reader and its view. */
export type TableDefinition = {
  name: string
  properties: Readonly<Record<string, Property>>
  columns: readonly Column[]
  defaultColumns: readonly string[]
  defaultSort: Sort
  /** True when a tag by name is a property and a column: `tag:team`. */
  tags: boolean
  pageSizes: readonly number[]
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
