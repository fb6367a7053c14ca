import 'server-only'
import type { Pool } from 'pg'
import { pool, sql } from '@/lib/db/client'
import { toCounts, type Facets } from '@/lib/table/answer'
import type { FacetId } from '@/lib/table/definition'
import { keysTable } from './keys-table'

const facets: readonly FacetId<typeof keysTable>[] = keysTable.facets

/**
 * Combinations never change once written (migration key_rows), so each process reads each of them
 * once, per database. A value is kept as a number of its facet: combinations are thousands, and
 * numbers are added up far sooner than words.
 */
class Combinations {
  /** By combination, the number of its value of each facet. */
  readonly numbers = new Map<string, readonly number[]>()
  readonly #values = facets.map(() => new Map<string, number>())

  add({ id, ...values }: { id: number } & Record<FacetId<typeof keysTable>, string>): void {
    this.numbers.set(
      String(id),
      facets.map((facet, at) => {
        const known = this.#values[at] ?? new Map<string, number>()
        const number = known.get(values[facet]) ?? known.size
        known.set(values[facet], number)
        return number
      }),
    )
  }

  sum(ids: readonly string[], counts: readonly string[]): { total: number; facets: Facets } {
    const sums = this.#values.map((values) => new Float64Array(values.size))
    let total = 0
    for (const [at, id] of ids.entries()) {
      const count = Number(counts[at])
      total += count
      const numbers = this.numbers.get(id) ?? []
      for (const [facet, number] of numbers.entries()) {
        const sum = sums[facet]
        if (sum) sum[number] = (sum[number] ?? 0) + count
      }
    }
    const counted = facets.map((facet, at) => {
      const found = [...(this.#values[at] ?? [])].map(
        ([value, number]) => [value, sums[at]?.[number] ?? 0] as const,
      )
      return [facet, toCounts(found.filter(([, count]) => count > 0))] as const
    })
    return { total, facets: Object.fromEntries(counted) }
  }
}

const remembered = new WeakMap<Pool, Combinations>()

/** Sums combinations into counts per facet and value, the most frequent first. */
export async function sumCombinations(
  ids: readonly string[],
  counts: readonly string[],
): Promise<{ total: number; facets: Facets }> {
  const known = remembered.get(pool()) ?? new Combinations()
  remembered.set(pool(), known)
  const missing = ids.filter((id) => !known.numbers.has(id))
  if (missing.length > 0) {
    const rows = await sql.query<Parameters<Combinations['add']>[0]>(
      `SELECT id, ${facets.join(', ')} FROM derived.key_facets WHERE id = ANY($1::int[])`,
      [missing],
    )
    for (const row of rows) known.add(row)
  }
  return known.sum(ids, counts)
}
