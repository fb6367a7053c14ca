// vitest's globalSetup of the project `db`: one throw-away PostgreSQL, fsync off, with a template
// database that is migrated once. Each test file makes its own database of it (freshDatabase).
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrateDatabase } from '../../launch/database.mjs'
import { generateClient } from '../../launch/generate.mjs'
import { startThrowAwayPostgres } from '../../launch/postgres.mjs'

declare module 'vitest' {
  export interface ProvidedContext {
    clusterUrl: string
  }
}

export default async function startCluster(project: TestProject) {
  await generateClient()
  const postgres = await startThrowAwayPostgres('test', { maxConnections: 300 })
  const admin = new pg.Client({ connectionString: postgres.url })
  await admin.connect()
  await admin.query('CREATE DATABASE template_claviger')
  await migrateDatabase(postgres.urlOf('template_claviger'))
  await admin.query('ALTER DATABASE template_claviger IS_TEMPLATE true ALLOW_CONNECTIONS false')
  await admin.end()
  project.provide('clusterUrl', postgres.url)
  return postgres.stop
}
