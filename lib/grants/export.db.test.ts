import { expect, test } from 'vitest'
import { nobody, permitFor } from '@/lib/auth/test/permit'
import { freshDatabase } from '@/lib/db/test/database'
import { toDownload } from '@/lib/table/download'
import { grantsTable } from '@/lib/grants/grants-table'
import { parseTableState } from '@/lib/table/state'
import { exportGrants } from './export'

const { sql } = await freshDatabase()

test('an export of grants holds those of the scope under the filter, no formula, and has its audit entry', async () => {
  const rows = Array.from({ length: 1_203 }, (_, i) => ({
    keyArn: `arn:aws:kms:eu-west-1:${i % 3 === 0 ? '111111111111' : '222222222222'}:key/${i % 7}`,
    grantId: `g${i}`,
    accountId: i % 3 === 0 ? '111111111111' : '222222222222',
    region: 'eu-west-1',
    name: '=cmd()',
    granteePrincipal: `arn:aws:iam::333333333333:role/r${i}`,
    operations: ['Decrypt', 'DescribeKey'],
    issuerClass: 'human',
    firstSeenAt: '2026-11-01',
    observedAt: '2026-11-01',
    constraints: { EncryptionContextEquals: { tenant: 'blue' } },
  }))
  await sql.execute(
    'INSERT INTO "Grant" SELECT * FROM jsonb_populate_recordset(null::"Grant", $1::jsonb)',
    [JSON.stringify(rows)],
  )
  const state = parseTableState(grantsTable, {
    filter: 'operation.eq.Decrypt',
    columns: 'grantee,name,operations,constraints',
  }).state
  const within = permitFor(nobody, 'keys.export', { all: false, accountIds: ['222222222222'] })

  const listed: { grantId: string; constraints: unknown }[] = JSON.parse(
    await toDownload(await exportGrants(within, state, 'json'), 'grants', 'json').text(),
  )
  expect(new Set(listed.map(({ grantId }) => grantId))).toEqual(
    new Set(rows.filter((row) => row.accountId === '222222222222').map((row) => row.grantId)),
  )
  expect(listed[0]?.constraints).toEqual({ EncryptionContextEquals: { tenant: 'blue' } })

  const lines = (await toDownload(await exportGrants(within, state, 'csv'), 'grants', 'csv').text())
    .trimEnd()
    .split('\r\n')
  expect(lines).toHaveLength(listed.length + 1)
  expect(lines.slice(1).every((line) => line.includes(`,'=cmd(),`))).toBe(true)
  expect(
    await sql.query(
      `SELECT 1 FROM "AuditEntry"
        WHERE event = 'grants.exported'
        AND (body::jsonb->'data'->>'grants')::int = ${listed.length}`,
    ),
  ).toHaveLength(2)
})
