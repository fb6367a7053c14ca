import { expect, inject, test } from 'vitest'
import { findDrift, readMigrationStatus } from './migrations'
import { freshDatabase } from './test/database'

const { url } = await freshDatabase()

test('the migrations make exactly what schema.prisma says', async () => {
  expect(await findDrift(inject('clusterUrl'))).toBe('')
})

test('a migrated database counts as up to date', async () => {
  expect(await readMigrationStatus(url)).toMatchObject({ history: null, failedMigrationNames: [], editedMigrationNames: [] })
})
