type FacetCount = { value: string; count: number }
/** By facet, the most frequent value first. */
export type Facets = Readonly<Record<string, readonly FacetCount[]>>

/** What a table's reader answers. */
export type TableRows<Row> = {
  rows: readonly Row[]
  total: number
  facets: Facets
  /** Account id -> name, of those that are counted. */
  accounts: Readonly<Record<string, string>>
}
/** What a table's page and its handler answer. */
export type TableAnswer<Row> = TableRows<Row> & {
  /** The query string it answers, in its canonical spelling. */
  query: string
  /** What the query string said that was not understood. */
  problems: readonly string[]
}

/** The most frequent first. */
export const toCounts = (sums: Iterable<readonly [string, number]>): FacetCount[] =>
  [...sums]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))

/** Sums groups of rows into counts by facet; a group can have several values of one facet. */
export function sumFacets<Group, Facet extends string>(
  facets: readonly Facet[],
  groups: readonly Group[],
  countOf: (group: Group) => number,
  valuesOf: (group: Group, facet: Facet) => readonly string[],
): { total: number; facets: Facets } {
  const sums = new Map(facets.map((facet) => [facet, new Map<string, number>()]))
  let total = 0
  for (const group of groups) {
    const count = countOf(group)
    total += count
    for (const [facet, sum] of sums)
      for (const value of valuesOf(group, facet)) sum.set(value, (sum.get(value) ?? 0) + count)
  }
  return {
    total,
    facets: Object.fromEntries([...sums].map(([facet, sum]) => [facet, toCounts(sum)])),
  }
}
