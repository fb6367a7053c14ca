import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { migrateDatabase } from '../../launch/database.mjs'
import { rootDir } from '../../launch/paths.mjs'
import { filters, listMigrations, withSchemaEngine } from './engine'
import { findDrift, readMigrationStatus } from './migrations'
import { freshDatabase } from '../test/database'

const { url } = await freshDatabase()

test('the migrations make exactly what prisma/schema says', async () => {
  expect(await findDrift(inject('clusterUrl'))).toBe('')
})

test('a database that we migrated counts as up to date for Prisma', async () => {
  expect(await readMigrationStatus(url)).toMatchObject({
    history: null,
    failedMigrationNames: [],
    editedMigrationNames: [],
  })
})

/** Returns all that the catalogue says of what migrations make, Prisma's own table included. */
async function describeDatabase(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ line: string }>(`
    WITH ours AS (
      SELECT oid, nspname FROM pg_namespace
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    )
    SELECT format('column %s.%s %s %s %s %s', n.nspname, c.relname, a.attname,
        format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) AS line
      FROM pg_class c JOIN ours n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, conname,
        pg_get_constraintdef(k.oid))
      FROM pg_constraint k JOIN ours n ON n.oid = k.connamespace
    UNION ALL SELECT 'index ' || indexdef FROM pg_indexes JOIN ours ON nspname = schemaname
    UNION ALL SELECT 'function ' || pg_get_functiondef(p.oid)
      FROM pg_proc p JOIN ours n ON n.oid = p.pronamespace
      WHERE p.prokind IN ('f', 'p') AND NOT EXISTS (
        SELECT 1 FROM pg_depend
        WHERE objid = p.oid AND classid = 'pg_proc'::regclass AND deptype = 'e')
    UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT format('view %s %s', c.oid::regclass, pg_get_viewdef(c.oid))
      FROM pg_class c JOIN ours n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm')
    UNION ALL SELECT format('migration %s %s %s %s %s', migration_name, checksum, logs,
        rolled_back_at, applied_steps_count)
      FROM public._prisma_migrations WHERE finished_at IS NOT NULL
    ORDER BY line`)
  await client.end()
  return rows.map(({ line }) => line)
}

test('Prisma’s own engine makes the same database, and notes the same of it', async () => {
  const admin = new pg.Client({ connectionString: inject('clusterUrl') })
  await admin.connect()
  await admin.query('CREATE DATABASE by_prisma')
  const other = new URL(inject('clusterUrl'))
  other.pathname = '/by_prisma'
  const byPrisma = other.toString()
  await withSchemaEngine(byPrisma, async (engine) =>
    engine.applyMigrations({ migrationsList: await listMigrations(), filters }),
  )
  const made = await describeDatabase(byPrisma)
  expect(made.length).toBeGreaterThan(500)
  expect(await describeDatabase(url)).toEqual(made)
  expect(await migrateDatabase(byPrisma)).toEqual({ applied: [], changed: [] })
  await admin.query('DROP DATABASE by_prisma WITH (FORCE)')
  await admin.end()
})

/** A database as it was before a migration, and how to apply that one. */
async function databaseBefore(name: string) {
  const admin = new pg.Client({ connectionString: inject('clusterUrl') })
  await admin.connect()
  const database = `before_${name}`
  await admin.query(`CREATE DATABASE "${database}"`)
  const url = new URL(inject('clusterUrl'))
  url.pathname = `/${database}`
  const client = new pg.Client({ connectionString: url.toString() })
  await client.connect()
  const dir = path.join(rootDir, 'prisma/migrations')
  const apply = (one: string) =>
    client.query(readFileSync(path.join(dir, one, 'migration.sql'), 'utf8'))
  const entries = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const earlier = entries
    .map((entry) => entry.name)
    .filter((one) => one < name)
    .sort()
  for (const one of earlier) await apply(one)
  const close = async () => {
    await client.end()
    await admin.query(`DROP DATABASE "${database}"`)
    await admin.end()
  }
  return { client, apply: () => apply(name), close }
}

test('accounts of a file that were stored without a path get one, and members their organization', async () => {
  const { client, apply, close } = await databaseBefore('20261129100001_account_organization')
  await client.query(`
    INSERT INTO "Account" ("id", "name", "source") VALUES ('1', 'a', 'file'), ('2', 'b', 'page');
    INSERT INTO "Organization" VALUES ('o-1', '2', now());
    INSERT INTO "OrganizationNode" ("id", "kind", "name", "scpIds", "rcpIds", "observedAt")
      VALUES ('1', 'account', 'a', '{}', '{}', now())`)
  await apply()
  const { rows } = await client.query(
    `SELECT "id", "path", "onlyRegions", "organizationId" FROM "Account" ORDER BY "id"`,
  )
  expect(rows).toEqual([
    // It stood in the tree without a parent: it was asked for and was not in the organization.
    { id: '1', path: [], onlyRegions: [], organizationId: null },
    { id: '2', path: [], onlyRegions: [], organizationId: 'o-1' },
  ])
  expect((await client.query(`SELECT 1 FROM "OrganizationNode"`)).rows).toEqual([])
  await close()
})

test('delegates stay when their table gets its name, and so does how often it changed', async () => {
  const { client, apply, close } = await databaseBefore('20261130200000_delegates')
  const [away, delegate] = ['1', '2'].map((n) => n.repeat(8) + '-1111-4111-8111-111111111111')
  const name = (table: string, column: string) =>
    client.query(
      `INSERT INTO "${table}" ("id", "awayId", "${column}", "startsAt", "endsAt", "createdById")
       VALUES (gen_random_uuid(), $1, $2, now(), now() + interval '1 day', $1)`,
      [away, delegate],
    )
  const versions = async () =>
    (await client.query(`SELECT name, sum(n)::int AS n FROM derived.table_version GROUP BY name`))
      .rows
  await name('StandIn', 'standInId')
  expect(await versions()).toContainEqual({ name: 'StandIn', n: 1 })
  await apply()
  await name('Delegate', 'delegateId')
  const { rows } = await client.query(`SELECT "awayId", "delegateId" FROM "Delegate"`)
  expect(rows).toEqual([1, 2].map(() => ({ awayId: away, delegateId: delegate })))
  expect((await versions()).filter(({ name: of }) => /StandIn|Delegate/u.test(of))).toEqual([
    { name: 'Delegate', n: 2 },
  ])
  await close()
})
