import 'server-only'
import type { Pool } from 'pg'
import { pool, sql } from '@/lib/db/client'
import { keyFacets, type KeyFacet } from '@/lib/table/keys'

export type FacetCount = { value: string; count: number }
export type KeyFacets = Readonly<Record<KeyFacet, readonly FacetCount[]>>

/**
 * Combinations never change once written (migration key_rows), so each process reads each
 * of them once, per database.
 */
const remembered = new WeakMap<Pool, Map<string, readonly string[]>>()

/** Sums combinations into counts per facet and value, the most frequent first. */
export async function sumFacets(
  ids: readonly string[],
  counts: readonly string[],
): Promise<{ total: number; facets: KeyFacets }> {
  const combinations = await readCombinations(ids)
  const sums = keyFacets.map(() => new Map<string, number>())
  let total = 0
  ids.forEach((id, at) => {
    const count = Number(counts[at])
    total += count
    combinations.get(id)?.forEach((value, facet) => {
      const sum = sums[facet]
      sum?.set(value, (sum.get(value) ?? 0) + count)
    })
  })
  const sorted = (sum: Map<string, number> | undefined) =>
    [...(sum ?? [])]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
  const [account, region, state, spec, usage, origin, manager, scope, rotation] = sums.map(sorted)
  return {
    total,
    facets: {
      account: account ?? [],
      region: region ?? [],
      state: state ?? [],
      spec: spec ?? [],
      usage: usage ?? [],
      origin: origin ?? [],
      manager: manager ?? [],
      scope: scope ?? [],
      rotation: rotation ?? [],
    },
  }
}

async function readCombinations(ids: readonly string[]): Promise<Map<string, readonly string[]>> {
  const known = remembered.get(pool()) ?? new Map<string, readonly string[]>()
  remembered.set(pool(), known)
  const missing = ids.filter((id) => !known.has(id))
  if (missing.length === 0) return known
  const rows = await sql.query<{ id: number } & Record<KeyFacet, string>>(
    `SELECT id, ${keyFacets.join(', ')} FROM derived.key_facets WHERE id = ANY($1::int[])`,
    [missing],
  )
  for (const row of rows)
    known.set(
      String(row.id),
      keyFacets.map((facet) => row[facet]),
    )
  return known
}
