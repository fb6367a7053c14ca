// What is kept of each grant for the table is what it would be if it were worked out anew, after
// every kind of write that it hangs on.
import { beforeAll, expect, test } from 'vitest'
import { nobody, permitFor } from '@/lib/auth/test/permit'
import { freshDatabase } from '@/lib/db/test/database'
import { readTable } from '@/lib/table-source/source'
import { changeStatuses, done, mightBeInForce, withoutEffect } from '../change-status'
import { kindNames, namesOf } from '../changes/kinds/registry'
import { grantOperations } from '../kms/grant-operations'
import { grantsSource } from './grants-source'
import { fleet, grantees, here, storeFleet } from './test/fleet'
import { expectKept } from './test/kept'

const { sql } = await freshDatabase()
const everything = permitFor(nobody, 'grants.read')
beforeAll(storeFleet)

test('what is kept follows IAM: who appears, goes, or gets another name', async () => {
  const missing = async () =>
    (await readTable(grantsSource, everything, { filter: 'granteeExists.eq.no|unknown' })).total
  const exists = async (grantee: string) =>
    sql.query<{ there: boolean }>(
      'SELECT DISTINCT there FROM derived.grant_row WHERE entity = $1 OR grantee = $1',
      [grantee],
    )
  await expectKept(fleet.length)
  const before = await missing()
  await sql.execute(
    `INSERT INTO "IamEntity" (arn, "accountId", kind, name, path, "uniqueId", details, "observedAt")
     VALUES ($1, $2, 'role', 'old', '/', 'AROA1', '{}', now())`,
    [grantees.gone, here],
  )
  expect(await exists(grantees.gone)).toEqual([{ there: true }])
  // Its session is there with it.
  expect(await exists(grantees.lostSession)).toEqual([{ there: true }])
  await expectKept(fleet.length)
  await sql.execute(`UPDATE "IamEntity" SET "goneAt" = now() WHERE arn = $1`, [grantees.app])
  expect(await exists(grantees.app)).toEqual([{ there: false }])
  expect(await exists(grantees.session)).toEqual([{ there: false }])
  await expectKept(fleet.length)
  await sql.execute(`UPDATE "IamEntity" SET "goneAt" = NULL WHERE arn = $1`, [grantees.app])
  await sql.execute(`DELETE FROM "IamEntity" WHERE arn = $1`, [grantees.gone])
  await expectKept(fleet.length)
  expect(await missing()).toBe(before)
  const rows = await countRewritten(() =>
    sql.execute(`UPDATE "IamEntity" SET "observedAt" = now(), details = '{"a": 1}'`),
  )
  expect(rows).toBe(0)
})

/** How many rows of the read model a write rewrites. */
async function countRewritten(write: () => Promise<unknown>): Promise<number> {
  const versions = () =>
    sql.query<{ id: string; at: string }>(
      'SELECT id::text, xmin::text AS at FROM derived.grant_row ORDER BY id',
    )
  const before = new Map((await versions()).map(({ id, at }) => [id, at]))
  await write()
  return (await versions()).filter(({ id, at }) => before.get(id) !== at).length
}

test('the database and the statuses of changes agree on what is a cause, and what still ends', async () => {
  const cases = [
    { change: 'made', causes: [...mightBeInForce, ...withoutEffect] },
    { change: 'adopted', causes: done },
  ] as const
  for (const { change, causes } of cases) {
    const one = fleet.find((grant) => grant.change === change)
    for (const status of changeStatuses) {
      await sql.execute('UPDATE "Change" SET status = $1::"ChangeStatus" WHERE id = $2::uuid', [
        status,
        one?.changeId,
      ])
      const found = await sql.query<{ ends: boolean }>(
        `SELECT x.ends_at IS NOT NULL AS ends FROM derived.causes_of_grant($1, $2, NULL) x`,
        [one?.keyArn, one?.grantId],
      )
      expect([change, status, found]).toEqual([
        change,
        status,
        causes.includes(status) ? [{ ends: mightBeInForce.includes(status) }] : [],
      ])
    }
  }
  await expectKept(fleet.length)
})

test('what is kept follows the changes that a grant came from', async () => {
  await sql.execute(`UPDATE "Change" SET "endsAt" = now() + interval '9 days'`)
  await expectKept(fleet.length)
  await sql.execute(`UPDATE "Change" SET outcome = NULL WHERE kind = 'grant-create'`)
  await expectKept(fleet.length)
  await sql.execute(
    `UPDATE "Change" SET outcome = '{"grantId": "g5"}', status = 'failed'
      WHERE id = (SELECT id FROM "Change" WHERE kind = 'grant-create' ORDER BY id LIMIT 1)`,
  )
  await expectKept(fleet.length)
  const rows = await countRewritten(() => sql.execute(`UPDATE "Change" SET problem = 'x'`))
  expect(rows).toBe(0)
  await sql.execute('DELETE FROM "Change"')
  await expectKept(fleet.length)
})

test('the database and the kinds of change agree on what makes and adopts grants', async () => {
  for (const kind of kindNames) {
    const [said] = await sql.query<{ makes: boolean; adopts: boolean }>(
      'SELECT derived.makes_grant($1) AS makes, derived.adopts_grant($1) AS adopts',
      [kind],
    )
    expect([kind, said]).toEqual([
      kind,
      { makes: namesOf('makes').includes(kind), adopts: namesOf('adopts').includes(kind) },
    ])
  }
})

test('who was there before the account was taken out is not said to be gone', async () => {
  const total = async (value: string) =>
    (await readTable(grantsSource, everything, { filter: `granteeExists.eq.${value}` })).total
  const [gone, there] = [await total('no'), await total('yes')]
  await sql.execute(`UPDATE "IamEntity" SET "goneAt" = now() WHERE "accountId" = $1`, [here])
  await expectKept(fleet.length)
  expect(await total('no')).toBeLessThanOrEqual(gone)
  expect(await total('yes')).toBeLessThan(there)
  const { rows } = await readTable(grantsSource, everything, { q: grantees.app, size: '100' })
  expect(rows.length).toBeGreaterThan(0)
  for (const { granteeExists, flags } of rows) {
    expect(granteeExists).toBe('unknown')
    expect(flags).not.toContain('orphaned')
  }
  await sql.execute(`UPDATE "IamEntity" SET "goneAt" = NULL WHERE arn = $1`, [grantees.app])
})

test('what is kept follows the aliases of a key, and a grant is found by each of its operations', async () => {
  await sql.execute(
    `INSERT INTO "Key" (arn, "accountId", region, "keyId", "listedAt", "listedIn", aliases)
     SELECT DISTINCT "keyArn", "accountId", region, split_part("keyArn", '/', 2), now(), 1,
       '{alias/b}'::text[] FROM "Grant"`,
  )
  await expectKept(fleet.length)
  await sql.execute(`UPDATE "Key" SET aliases = '{alias/a,alias/b}' WHERE "keyId" = 'k1'`)
  await expectKept(fleet.length)
  for (const operation of grantOperations) {
    const { total } = await readTable(grantsSource, everything, {
      filter: `operation.eq.${operation},gone.eq.yes|no`,
    })
    expect([operation, total]).toEqual([
      operation,
      fleet.filter(({ operations }) => operations.includes(operation)).length,
    ])
  }
})

test('what is kept follows every change of a grant', async () => {
  await sql.execute(
    `UPDATE "Grant" SET "goneAt" = NULL, operations = '{Decrypt,CreateGrant}', constraints = NULL
      WHERE "grantId" LIKE 'g1%'`,
  )
  await expectKept(fleet.length)
  await sql.execute(
    `UPDATE "Grant" SET "granteePrincipal" = 'AROAEXAMPLEEXAMPLE1', "granteeAccountId" = NULL
      WHERE "grantId" LIKE 'g2%'`,
  )
  await sql.execute(`UPDATE "Grant" SET "goneAt" = now() WHERE "grantId" LIKE 'g4%'`)
  await expectKept(fleet.length)
  await sql.execute(
    `UPDATE "Grant" SET "retiringPrincipal" = 'arn:aws:iam::111111111111:role/retires'
      WHERE "grantId" LIKE 'g5%'`,
  )
  await expectKept(fleet.length)
  await sql.execute(`DELETE FROM "Grant" WHERE "grantId" LIKE 'g3%'`)
  await expectKept(fleet.filter(({ grantId }) => !grantId.startsWith('g3')).length)
  await sql.execute('TRUNCATE "Grant"')
  expect(await sql.query('SELECT * FROM derived.grant_row')).toEqual([])
})
