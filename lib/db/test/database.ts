import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, inject } from 'vitest'
import { closeDatabase, db, pool, sql, transaction } from '../client'
import { closeBudget } from '@/lib/aws/budget/local-budget'
import '../test/cluster'

/**
 * A migrated, empty database of this test file's own; `db`, `sql` and `transaction` of
 * lib/db/client now speak to it, in the code under test too. Call it once at the top of the file:
 * `const { db, sql } = await freshDatabase()`.
 */
export async function freshDatabase() {
  const clusterUrl = inject('clusterUrl')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const admin = new pg.Client({ connectionString: clusterUrl })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template_claviger`)
  const url = new URL(clusterUrl)
  url.pathname = `/${name}`
  await closeDatabase()
  process.env.DATABASE_URL = url.toString()
  afterAll(async () => {
    await closeBudget()
    await closeDatabase()
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await admin.end()
  })
  return { db, sql, transaction, pool: pool(), url: url.toString() }
}
