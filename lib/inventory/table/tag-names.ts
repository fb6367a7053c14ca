import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { sql } from '@/lib/db/client'
import { accountsOf, withinAccounts } from '@/lib/db/scope'

/** Names of tags on the keys of this person, the most frequent first: for the filter to offer. */
export async function listTagNames(permit: Permit<'keys.read'>): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    `
    SELECT name FROM derived.key_text t JOIN derived.key_row r ON r.id = t.id
    JOIN derived.key_facets f ON f.id = r.facets
    CROSS JOIN LATERAL jsonb_object_keys(t.tags) name
    WHERE NOT r.gone AND jsonb_typeof(t.tags) = 'object'
      AND ${withinAccounts('f.account', '$1')}
    GROUP BY name ORDER BY count(*) DESC, name LIMIT 100`,
    [accountsOf(permit.scope)],
  )
  return rows.map(({ name }) => name)
}
