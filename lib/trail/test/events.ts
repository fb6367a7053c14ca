import { takeRecord } from '../record'
import type { TrailEntry } from '../event'
import { shapes, type ShapeName } from './shapes'

/** An event of a published shape, changed here and there. */
export function eventFrom(name: ShapeName, changes: object = {}): TrailEntry {
  const taken = takeRecord(JSON.stringify({ ...shapes[name], ...changes }))
  if (taken.kind !== 'event') throw new Error(JSON.stringify(taken))
  return taken
}

/** The rollups as an independent count of the events that are there: none is the answer. */
export const rollupDifferences = `
  WITH counted AS (
    SELECT date_trunc('hour', e.occurred_at, 'UTC') AS hour, e.account_id, e.region, k AS key_arn,
      e.principal, e.operation, e.via, e.resource, e.outcome, e.error_code,
      count(*) AS events, min(e.occurred_at) AS first_at, max(e.occurred_at) AS last_at
    FROM trail.event e, unnest(array_append(coalesce(e.more_keys, '{}'), e.key_arn)) k
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
  kept AS (
    SELECT hour, account_id, region, key_arn, principal, operation, via, resource, outcome,
      error_code, sum(events) AS events, min(first_at) AS first_at, max(last_at) AS last_at
    FROM trail.use GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
  SELECT count(*)::int AS differences FROM (
    (SELECT * FROM counted EXCEPT SELECT * FROM kept)
    UNION ALL (SELECT * FROM kept EXCEPT SELECT * FROM counted)) d`
