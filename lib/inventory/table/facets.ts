import 'server-only'
import type { Pool } from 'pg'
import { pool, sql } from '@/lib/db/client'
import { sumFacets, type Facets } from '@/lib/table/answer'
import type { FacetId } from '@/lib/table/definition'
import { keysTable } from './keys-table'

type Combination = { id: number } & Record<FacetId<typeof keysTable>, string>

/**
 * Combinations never change once written (migration key_rows), so each process reads each
 * of them once, per database.
 */
const remembered = new WeakMap<Pool, Map<string, Combination>>()

/** Sums combinations into counts per facet and value, the most frequent first. */
export async function sumCombinations(
  ids: readonly string[],
  counts: readonly string[],
): Promise<{ total: number; facets: Facets }> {
  const combinations = await readCombinations(ids)
  return sumFacets(
    keysTable.facets,
    ids.map((id, at) => ({ combination: combinations.get(id), count: Number(counts[at]) })),
    ({ count }) => count,
    ({ combination }, facet) => (combination ? [combination[facet]] : []),
  )
}

async function readCombinations(ids: readonly string[]): Promise<ReadonlyMap<string, Combination>> {
  const known = remembered.get(pool()) ?? new Map<string, Combination>()
  remembered.set(pool(), known)
  const missing = ids.filter((id) => !known.has(id))
  if (missing.length === 0) return known
  const rows = await sql.query<Combination>(
    `SELECT id, ${keysTable.facets.join(', ')} FROM derived.key_facets WHERE id = ANY($1::int[])`,
    [missing],
  )
  for (const row of rows) known.set(String(row.id), row)
  return known
}
