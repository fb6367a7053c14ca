import 'server-only'
import type { Permit } from '../auth/permit'
import { sql } from '../db/client'
import { withinAccounts } from '../db/scope'
import type { ExternalReach } from './external'
import { readExternalCoverage, type ExternalCoverage } from './external-read'
import { decrypting } from './outsider-links'

type Outsider = {
  principal: string
  name: string
  nearness: ExternalReach['nearness']
  keys: number
  /** Of the keys, those that it can or might decrypt something with. */
  decrypts: number
}
export type Outsiders = { rows: Outsider[]; total: number; coverage: ExternalCoverage }

const most = 500

/**
 * Returns principals that reach keys of other accounts than their own, in the person's scope; who
 * decrypts with most keys first.
 */
export async function listOutsiders({ scope }: Permit<'access.read'>): Promise<Outsiders> {
  const coverage = await readExternalCoverage(scope)
  const rows = await sql.query<Outsider & { total: number }>(
    sql`SELECT principal, min(name) AS name, CASE WHEN bool_or(nearness = 'anyone') THEN 'anyone'
      WHEN bool_or(nearness = 'outside') THEN 'outside'
         ELSE 'organization' END AS nearness, count(*)::int AS keys,
       (count(*) FILTER (WHERE abilities && ${decrypting}::text[]))::int AS decrypts,
       (count(*) OVER ())::int AS total
     FROM derived.external_reach WHERE ${withinAccounts('account', scope)}
     GROUP BY principal ORDER BY decrypts DESC, keys DESC, principal LIMIT ${most}`,
  )
  return { rows: rows.map(({ total: _, ...row }) => row), total: rows[0]?.total ?? 0, coverage }
}
