import 'server-only'
import { sql } from '../db/client'
import type { TrailEvent } from './event'

/** The tables that have a partition for each month. */
export type Partitioned = 'event_use' | 'event_change' | 'use'
type Month = { parent: Partitioned; month: string }

/** Makes partitions where they are missing: what is there costs a look into the catalogue. */
export async function makePartitions(months: readonly Month[]): Promise<void> {
  await sql.query(
    sql`SELECT trail.make_partition(m.parent, m.month::date)
     FROM (SELECT DISTINCT parent, month || '-01' AS month
       FROM json_to_recordset(${JSON.stringify(months)}::json) g(parent text, month text)
       ORDER BY 1, 2) m`,
  )
}

/** The months that events and their rollups go to. */
export function monthsOf(events: readonly Pick<TrailEvent, 'occurredAt' | 'isUse'>[]): Month[] {
  const found = new Map<string, Month[]>()
  for (const { occurredAt, isUse } of events) {
    const month = occurredAt.slice(0, 7)
    const parent = isUse ? 'event_use' : 'event_change'
    const name = `${parent} ${month}`
    if (!found.has(name))
      found.set(name, [
        { parent, month },
        { parent: 'use', month },
      ])
  }
  return [...found.values()].flat()
}

/** Makes the partitions of this month and of the next two, so that writers find them. */
export async function makePartitionsAhead(): Promise<void> {
  await sql.query(
    `SELECT trail.make_partition(p.parent, (now() AT TIME ZONE 'UTC' + n * interval '1 month')::date)
     FROM generate_series(0, 2) n, unnest(ARRAY['event_change', 'event_use', 'use']) p(parent)
     ORDER BY p.parent, n`,
  )
}
