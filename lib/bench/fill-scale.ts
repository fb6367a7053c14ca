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

export type Sizes = { keys: number; grants: number; people: number }

/** What is not said follows the keys: 100,000 of them bring a million entries of the audit log. */
function proportionsOf({ keys }: Sizes) {
  return {
    texts: Math.max(100, Math.round(keys / 25)),
    roles: Math.max(100, Math.round(keys / 20)),
    requests: Math.round(keys / 5),
    auditEntries: keys * 10,
    notices: Math.round(keys / 2),
    deliveries: Math.round(keys / 5),
    minutesBetweenSweeps: Math.max(15, Math.round((15 * 100_000) / keys)),
  }
}

/** How many changes the large requests have. */
export const manyChanges = 100

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
  await run('keys', [fillAccountsSql], [fillKeysSql, sizes.keys], ['ANALYZE'], [fillBesideKeysSql])
  await run(
    'places',
    [fillPlacesSql],
    [fillOrganizationSql],
    [fillSweepsSql, many.minutesBetweenSweeps],
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
  await stage('vacuum', () => client.query('VACUUM (ANALYZE)'))
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
