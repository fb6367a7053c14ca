import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { rootDir } from '../launch/paths.mjs'
import { findDrift, readMigrationStatus } from './migrations'
import { freshDatabase } from './test/database'

const { url } = await freshDatabase()

test('the migrations make exactly what prisma/schema says', async () => {
  expect(await findDrift(inject('clusterUrl'))).toBe('')
})

test('a migrated database counts as up to date', async () => {
  expect(await readMigrationStatus(url)).toMatchObject({
    history: null,
    failedMigrationNames: [],
    editedMigrationNames: [],
  })
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
