import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '@/lib/db/test/database'
import { toDownload } from '@/lib/table/download'
import { keysTable } from '@/lib/inventory/table/keys-table'
import { parseTableState } from '@/lib/table/state'
import { exportKeys } from './export-keys'
import { listKeys } from './list-keys'
import type { Scope } from '@/lib/auth/permissions'
import { putFleet } from './test/fleet'
import { nobody, permitFor } from '@/lib/auth/test/permit'

const { sql } = await freshDatabase()

beforeAll(putFleet)

test('an export holds exactly the keys of the scope and filter, and an audit entry that says so', async () => {
  const state = parseTableState(keysTable, {
    filter: 'region.eq.eu-west-1',
    columns: 'alias,tag:team,grants',
  }).state
  const within: Scope = { all: false, accountIds: ['111111111111', '222222222222'] }
  const text = await toDownload(
    await exportKeys(permitFor(nobody, 'keys.export', within), state, 'json'),
    'keys',
    'json',
  ).text()
  const listed = await listKeys(permitFor(nobody, 'keys.read', within), { ...state, pageSize: 100 })
  const exported: { arn: string }[] = JSON.parse(text)
  expect(exported.map((row) => row.arn)).toEqual(listed.rows.map((row) => row.arn))
  const csv = await toDownload(
    await exportKeys(permitFor(nobody, 'keys.export', within), state, 'csv'),
    'keys',
    'csv',
  ).text()
  expect(csv.trimEnd().split('\r\n')).toHaveLength(listed.total + 1)
  const entries = await sql.query<{ event: string }>(
    `SELECT event FROM "AuditEntry" WHERE event = 'keys.exported'`,
  )
  expect(entries).toHaveLength(2)
})
