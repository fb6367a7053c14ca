import 'server-only'
import type { Scope } from '@/lib/auth/permissions'
import { join, sql } from '@/lib/db/client'
import { withinAccounts } from '@/lib/db/scope'
import { containing } from '@/lib/table/sql'

/**
 * A principal (id: its ARN, detail: user, role, group) or a grant (id: key ARN #
 * grant id, detail: the grantee).
 */
export type FoundThing = {
  id: string
  accountId: string
  accountName: string
  label: string
  detail: string
}

const most = 6

/** Things of one kind in derived.found whose text has every word in it. */
export async function readFound(
  kind: 'principal' | 'grant',
  scope: Scope,
  words: readonly string[],
): Promise<FoundThing[]> {
  const conditions = [
    sql`f.kind = ${kind}`,
    ...words.map((word) => sql`f.search_text LIKE ${containing(word)}`),
    withinAccounts('f.account', scope),
  ]
  return sql.query<FoundThing>(
    sql`SELECT f.id, f.account AS "accountId", coalesce(a.name, f.account) AS "accountName",
       f.label, f.detail
     FROM (SELECT * FROM derived.found f WHERE ${join(conditions, ' AND ')} LIMIT ${most}) f
     LEFT JOIN "Account" a ON a.id = f.account`,
  )
}
