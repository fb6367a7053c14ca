import 'server-only'
import type { Pool } from 'pg'
import { pool, sql } from '@/lib/db/client'
import { sumFacets, type Facets } from '@/lib/table/answer'
import type { FacetId } from '@/lib/table/definition'
import { keysTable } from './keys-table'

/**
 * Combinations never change once written (migration key_rows), so each process reads each
 * of them once, per database.
 */
const remembered = new WeakMap<Pool, Map<string, readonly string[]>>()

/** Sums combinations into counts per facet and value, the most frequent first. */
export async function sumCombinations(
  ids: readonly string[],
  counts: readonly string[],
): Promise<{ total: number; facets: Facets }> {
  const combinations = await readCombinations(ids)
  const at = new Map(keysTable.facets.map((facet, index) => [facet, index]))
  return sumFacets(
    keysTable.facets,
    ids.map((id, index) => ({ values: combinations.get(id) ?? [], count: Number(counts[index]) })),
    ({ count }) => count,
    ({ values }, facet) => values.slice(at.get(facet), (at.get(facet) ?? -1) + 1),
  )
}

async function readCombinations(ids: readonly string[]): Promise<Map<string, readonly string[]>> {
  const known = remembered.get(pool()) ?? new Map<string, readonly string[]>()
  remembered.set(pool(), known)
  const missing = ids.filter((id) => !known.has(id))
  if (missing.length === 0) return known
  const rows = await sql.query<{ id: number } & Record<FacetId<typeof keysTable>, string>>(
    `SELECT id, ${keysTable.facets.join(', ')} FROM derived.key_facets WHERE id = ANY($1::int[])`,
    [missing],
  )
  for (const row of rows)
    known.set(
      String(row.id),
      keysTable.facets.map((facet) => row[facet]),
    )
  return known
}
