// A key may have 50,000 grants, many of them equal: what is kept of them is written by the statement.
import { expect, test } from 'vitest'
import { freshDatabase } from '@/lib/db/test/database'
import { grantees, here } from './test/fleet'
import { expectKept } from './test/kept'

const { sql, transaction } = await freshDatabase()

/** Makes equal grants of one key, and a tenth as many that are all different. */
const addGrants = (n: number) =>
  sql.execute(
    `INSERT INTO "Grant" ("keyArn", "grantId", "accountId", region, "granteePrincipal",
      "granteeAccountId", operations, "observedAt")
     SELECT 'arn:aws:kms:eu-west-1:' || $2 || ':key/many', kind || i, $2, 'eu-west-1',
       CASE kind WHEN 'equal' THEN $3 ELSE $3 || i END, $2, '{Decrypt}', now()
     FROM generate_series(1, $1::int) i, unnest('{equal,other}'::text[]) kind
     WHERE kind = 'equal' OR i % 10 = 0`,
    [n, here, grantees.app],
  )

/** How many blocks of the read model and its indexes a statement touches. */
const blocksTouched = (statement: string): Promise<number> =>
  transaction(async (tx) => {
    const count = async () => {
      const [touched] = await tx.query<{ blocks: number }>(
        `SELECT sum(pg_stat_get_xact_blocks_fetched(c))::int AS blocks FROM (
           SELECT 'derived.grant_row'::regclass AS c UNION ALL SELECT indexrelid FROM pg_index
           WHERE indrelid = 'derived.grant_row'::regclass) x`,
      )
      return touched?.blocks ?? Number.NaN
    }
    // What the connection did before is counted too, until it is handed in.
    const before = await count()
    await tx.execute(statement)
    return (await count()) - before
  })

test.each([
  ['go', `UPDATE "Grant" SET "goneAt" = now() WHERE "grantId" NOT LIKE '%1'`],
  ['allow more', `UPDATE "Grant" SET operations = '{Encrypt}' WHERE "grantId" NOT LIKE '%1'`],
  ['are deleted', `DELETE FROM "Grant" WHERE "grantId" NOT LIKE '%1'`],
])('equal grants of one key that %s at once cost what they are', async (_, statement) => {
  const perGrant: number[] = []
  for (const n of [300, 3_000]) {
    await sql.execute('TRUNCATE "Grant"')
    await addGrants(n)
    perGrant.push((await blocksTouched(statement)) / n)
    const [{ left } = { left: 0 }] = await sql.query<{ left: number }>(
      'SELECT count(*)::int AS left FROM "Grant"',
    )
    await expectKept(left)
  }
  const [few = 0, many = 0] = perGrant
  expect(few).toBeGreaterThan(0)
  expect(many).toBeLessThan(few * 2)
})

test('one grant among many is found without a look at the others', async () => {
  await sql.execute('TRUNCATE "Grant"')
  await addGrants(5_000)
  await sql.execute('VACUUM derived.grant_row')
  for (const grant of ['equal7', 'other70']) {
    const one = `WHERE "grantId" = '${grant}'`
    for (const statement of [
      `UPDATE "Grant" SET "goneAt" = now() ${one}`,
      `DELETE FROM "Grant" ${one}`,
    ])
      expect(await blocksTouched(statement), statement).toBeLessThan(100)
  }
  await expectKept(5_498)
})
