import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { sql } from '@/lib/db/client'
import { withinAccounts } from '@/lib/db/scope'

/** Names of tags on the keys of this person, the most frequent first: for the filter to offer. */
export async function listTagNames(permit: Permit<'keys.read'>): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    sql`SELECT name FROM (
      SELECT r.tags AS id, count(*) AS keys FROM derived.key_row r
      JOIN derived.key_facets f ON f.id = r.facets
      WHERE NOT r.gone AND ${withinAccounts('f.account', permit.scope)} GROUP BY r.tags) counted
    JOIN derived.key_tags w ON w.id = counted.id
    CROSS JOIN LATERAL jsonb_object_keys(w.tags) name
    WHERE jsonb_typeof(w.tags) = 'object'
    GROUP BY name ORDER BY sum(keys) DESC, name LIMIT 100`,
  )
  return rows.map(({ name }) => name)
}
