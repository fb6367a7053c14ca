/** What keys have in common, each once under a number, as conditions name it. */
const tables = {
  f: 'derived.key_facets',
  d: 'derived.key_description',
  w: 'derived.key_tags',
} as const
export type SharedTable = keyof typeof tables

/** Where a condition stands until the statement is whole; no value of a person's is in its text. */
const [opened, closed] = ['/*bytes ', '/*end*/']
const marked = /\/\*bytes (\w)\*\/(.*?)\/\*end\*\//gsu

/** Bytes, one for each row of a table at the place of its number: 1 where the condition holds. */
export const bytesOf = (table: SharedTable, condition: string): string =>
  `${opened}${table}*/${condition}${closed}`

const isTable = (name: string): name is SharedTable => Object.hasOwn(tables, name)

/**
 * Returns a statement with all bytes that it names put in front of it: each table is gone through
 * once, however many conditions ask it and wherever they stand. `statement`: a SELECT, or the parts
 * of its WITH and then it.
 */
export function withSharedBytes(statement: string): string {
  const conditions = new Map<SharedTable, string[]>()
  const text = statement.replaceAll(marked, (_, table: string, condition: string) => {
    if (!isTable(table)) throw new Error(`There is no table "${table}" of what keys share.`)
    const known = conditions.get(table) ?? []
    conditions.set(table, known)
    if (!known.includes(condition)) known.push(condition)
    return `(SELECT bytes_${known.indexOf(condition)} FROM shared_${table})`
  })
  const shared = [...conditions].map(([table, asked]) => sharedOf(table, asked)).join(',\n')
  if (/^\s*SELECT\b/u.test(text)) return (shared && `WITH ${shared} ${text}`) || text
  return `WITH ${shared ? `${shared},\n` : ''}${text}`
}

/** Numbers can have gaps, which take a byte each. */
function sharedOf(one: SharedTable, conditions: readonly string[]): string {
  const bytes = conditions.map(
    (condition, at) => `decode(repeat('00', min(${one}.id)::int), 'hex') || string_agg(
      CASE WHEN ${condition} THEN '\\x01'::bytea ELSE '\\x00' END,
      CASE WHEN ${one}.gap > 0 THEN decode(repeat('00', ${one}.gap), 'hex') ELSE '' END
      ORDER BY ${one}.id) AS bytes_${at}`,
  )
  return `shared_${one} AS MATERIALIZED (SELECT ${bytes.join(', ')}
    FROM (SELECT *, id - lag(id) OVER (ORDER BY id) - 1 AS gap FROM ${tables[one]}) ${one})`
}
