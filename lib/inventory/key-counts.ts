import 'server-only'
import { sql, type Sql } from '../db/client'
import { withinAccounts, type Scope } from '../db/scope'

/** SQL condition: the keys of derived.key_row with these `facets` are in accounts of the scope. */
export const isInFacets = (scope: Scope): Sql =>
  scope.all
    ? sql`true`
    : sql`facets IN (SELECT id FROM derived.key_facets WHERE ${withinAccounts('account', scope)})`

/**
 * SQL: how many keys each account of the scope has in each Region (account, region, keys; only
 * where it has any), from the counts that are kept.
 */
export const keysByPlace = (scope: Scope): Sql => sql`(
  SELECT f.account, f.region, sum(r.n)::bigint AS keys
  FROM (
    SELECT facets, sum(n) AS n FROM derived.key_count WHERE NOT gone AND ${isInFacets(scope)}
    GROUP BY facets HAVING sum(n) > 0) r
  JOIN derived.key_facets f ON f.id = r.facets GROUP BY f.account, f.region)`
