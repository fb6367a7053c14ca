// Fills a migrated database with a fleet of a given size, by SQL alone, in minutes. The triggers
// that keep read models run, as they do for whatever a sweep or a person writes.
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import {
  fillForeignGrantsSql,
  fillOrganizationSql,
  fillPoliciesSql,
  fillPolicyVersionsSql,
} from './fill-external'
import { fillAccountsSql, fillKeysSql } from './fill-keys'
import {
  fillBesideKeysSql,
  fillLastReadsSql,
  fillManyGrantsSql,
  fillOwnPoliciesSql,
  fillPlacesSql,
  fillPolicyOfKeysSql,
  fillRolesSql,
  fillSweepsSql,
} from './fill-scale-inventory'
import {
  bigDraft,
  fillAssignmentsSql,
  fillAuditSql,
  fillChangesSql,
  fillDeliveriesSql,
  fillNoticesSql,
  fillPeopleSql,
  fillRequestsSql,
  sendBigSql,
  stepChangesSql,
} from './fill-scale-people'

export type Sizes = {
  keys: number
  grants: number
  people: number
  /** Left out: ten for each key, so that 100,000 of them bring a million. */
  auditEntries?: number
}

/** What is not said follows the keys. */
function proportionsOf({ keys, auditEntries = keys * 10 }: Sizes) {
  return {
    texts: Math.max(100, Math.round(keys / 25)),
    roles: Math.max(100, Math.round(keys / 20)),
    requests: Math.round(keys / 5),
    auditEntries,
    notices: Math.round(keys / 2),
    deliveries: Math.round(keys / 5),
    minutesBetweenSweeps: Math.max(15, Math.round((15 * 100_000) / keys)),
  }
}

/** How many changes the large requests have. */
const manyChanges = 100

export async function fillScale(
  client: pg.Client,
  sizes: Sizes,
  stage: (name: string, run: () => Promise<unknown>) => Promise<unknown>,
): Promise<void> {
  const many = proportionsOf(sizes)
  const run = (name: string, ...statements: [text: string, ...values: number[]][]) =>
    stage(name, async () => {
      for (const [text, ...values] of statements)
        await client.query(text, values.length > 0 ? values : undefined)
    })
  const putBack = await takeTrigramIndexes(client)
  // A few first: over tables without statistics the triggers look words up row by row.
  await run(
    'keys',
    [fillAccountsSql],
    [fillKeysSql, Math.min(1_000, sizes.keys)],
    ['ANALYZE'],
    [`${fillKeysSql} ON CONFLICT DO NOTHING`, sizes.keys],
    ['ANALYZE'],
    [fillBesideKeysSql],
  )
  await run(
    'places',
    [fillPlacesSql],
    [fillOrganizationSql],
    [fillSweepsSql, many.minutesBetweenSweeps],
    [fillLastReadsSql],
  )
  await run('roles', [fillRolesSql, many.roles])
  await run(
    'grants',
    [fillManyGrantsSql, sizes.grants, many.roles],
    [fillForeignGrantsSql],
    ['ANALYZE'],
  )
  await run(
    'policies',
    [fillPoliciesSql, many.texts],
    [fillOwnPoliciesSql],
    [fillPolicyOfKeysSql, many.texts],
    [fillPolicyVersionsSql],
  )
  await run('people', [fillPeopleSql, sizes.people], [fillAssignmentsSql])
  await run(
    'requests',
    [fillRequestsSql, many.requests],
    [fillChangesSql, many.requests],
    ['ANALYZE "Request", "Change", "Person"'],
    ...stepChangesSql.map((text): [string] => [text]),
  )
  await run('audit', [fillAuditSql], ['SELECT pg_temp.fill_audit($1)', many.auditEntries])
  await run('notices', [fillNoticesSql, many.notices], [fillDeliveriesSql, many.deliveries])
  await stage('indexes', putBack)
  await stage('vacuum', () => client.query('VACUUM (ANALYZE)'))
}

/**
 * Text indexes cost more row by row than everything else together, and made at once little. Other
 * indexes stay: the triggers look things up by them.
 */
async function takeTrigramIndexes(client: pg.Client): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
     JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE m.amname = 'gin' AND n.nspname IN ('public', 'derived')`,
  )
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`)
  return async () => {
    for (const { definition } of rows) await client.query(definition)
  }
}

/** A draft of many changes by this person, or a sent request of theirs. */
export async function addBigRequest(
  client: pg.Client,
  personId: string,
  state: 'draft' | 'open',
): Promise<string> {
  const id = randomUUID()
  await client.query(bigDraft.request, [id, personId, manyChanges])
  await client.query(bigDraft.changes, [id, manyChanges])
  if (state === 'open') for (const text of sendBigSql) await client.query(text, [id])
  return id
}
