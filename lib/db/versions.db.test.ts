import pg from 'pg'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { freshDatabase } from './test/database'
import { readVersion, versioned } from './versions'

const { sql, transaction, url } = await freshDatabase()
const ends: pg.Client[] = []
afterAll(() => Promise.all(ends.map((client) => client.end())))

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  ends.push(client)
  return client
}

const now = async () => (await readVersion(['Setting'], 60)).version
const write = (name: string) =>
  `INSERT INTO "Setting" ("name", "value") VALUES ('${name}', '1')
    ON CONFLICT ("name") DO UPDATE SET "value" = '2'`

beforeEach(() => sql.execute('DELETE FROM "Setting"'))

it('has the triggers that raise it on each table', async () => {
  const rows = await sql.query<{ name: string; events: number }>(
    `SELECT c.relname AS "name", count(*)::int AS "events" FROM pg_trigger t
       JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
     WHERE p.proname IN ('note_rows', 'note_facts') GROUP BY 1 ORDER BY 1`,
  )
  const tables = versioned.filter((name) => !name.includes(' '))
  expect(rows).toEqual([...tables].sort().map((name) => ({ name, events: 3 })))
})

it('rises with every commit that touched a row, and with nothing else', async () => {
  const before = await now()
  await sql.execute(write('a'))
  expect(await now()).toBe(before + 1)
  await sql.execute(`UPDATE "Setting" SET "value" = '3' WHERE "name" = 'nobody'`)
  await sql.execute(`DELETE FROM "Setting" WHERE "name" = 'nobody'`)
  expect(await now()).toBe(before + 1)
  await sql.execute(`DELETE FROM "Setting" WHERE "name" = 'a'`)
  expect(await now()).toBe(before + 2)
})

it('is raised once by a transaction of many statements, also after a part was undone', async () => {
  const before = await now()
  await transaction(async (tx) => {
    for (const name of ['a', 'b', 'c']) await tx.execute(write(name))
  })
  expect(await now()).toBe(before + 1)
  await transaction(async (tx) => {
    await tx.execute('SAVEPOINT part')
    await tx.execute(write('d'))
    await tx.execute('ROLLBACK TO SAVEPOINT part')
    await tx.execute(write('e'))
  })
  expect(await now()).toBe(before + 2)
})

it('is not seen before what it stands for', async () => {
  const writer = await connect()
  const before = await now()
  await writer.query('BEGIN')
  await writer.query(write('late'))
  expect(await now()).toBe(before)
  await writer.query('COMMIT')
  expect(await now()).toBe(before + 1)
})

it('lets no writer wait for another, in whatever order they write', async () => {
  const [one, other] = [await connect(), await connect()]
  const before = (await readVersion(['Setting', 'Account'], 60)).version
  const account = (id: string) =>
    `INSERT INTO "Account" ("id", "name", "source", "path", "onlyRegions")
      VALUES ('${id}', 'x', 'page', '{}', '{}')`
  for (const client of [one, other]) {
    await client.query('BEGIN')
    await client.query(`SET LOCAL lock_timeout = '1s'`)
  }
  await one.query(write('one'))
  await other.query(account('100000000001'))
  await one.query(account('100000000002'))
  await other.query(write('other'))
  for (const client of [one, other]) await client.query('COMMIT')
  expect((await readVersion(['Setting', 'Account'], 60)).version).toBe(before + 4)
  // What they left is used again: the rows are as many as there were writers at once.
  for (let i = 0; i < 20; i++) await sql.execute(write(`more ${i}`))
  const [rows] = await sql.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM derived.table_version WHERE name = 'Setting'`,
  )
  expect(rows?.n).toBeLessThanOrEqual(2)
})

it('can be raised beyond read committed while others raise it', async () => {
  const careful = await connect()
  await careful.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
  await careful.query('SELECT 1 FROM "Setting"')
  const before = await now()
  await sql.execute(write('between'))
  await careful.query(write('careful'))
  await careful.query('COMMIT')
  expect(await now()).toBe(before + 2)
})

it('leaves out what is written all the time and shown to nobody', async () => {
  await sql.execute(
    `INSERT INTO "Person" ("id", "issuer", "subject", "email", "name", "groups")
      SELECT gen_random_uuid(), 'i', n::text, n || '@example.com', 'P', '{}'
      FROM generate_series(1, 3) n`,
  )
  const people = async () => (await readVersion(['Person'], 60)).version
  const before = await people()
  await sql.execute(`UPDATE "Person" SET "lastSignInAt" = now(), "name" = "name"`)
  expect(await people()).toBe(before)
  await sql.execute(`UPDATE "Person" SET "lastSignInAt" = now(), "disabledAt" = now()
    WHERE "subject" = '2'`)
  expect(await people()).toBe(before + 1)
})

it('tells the names of keys from what a sweep writes at each of its rounds', async () => {
  await sql.execute(
    `INSERT INTO "Key" ("arn", "accountId", "region", "keyId", "listedAt", "listedIn", "aliases",
       "tags", "tagsAt")
     SELECT 'arn:aws:kms:eu-west-1:111122223333:key/' || n, '111122223333', 'eu-west-1',
       n::text, now(), 1, '{}', '{}', now() FROM generate_series(1, 300) n`,
  )
  const names = async () => (await readVersion(['Key names'], 60)).version
  const keys = async () => (await readVersion(['Key'], 60)).version
  const [namesBefore, keysBefore] = [await names(), await keys()]
  await sql.execute(`UPDATE "Key" SET "listedAt" = now(), "tagsAt" = now()`)
  expect([await names(), await keys()]).toEqual([namesBefore, keysBefore + 1])
  await sql.execute(`UPDATE "Key" SET "aliases" = '{alias/new}' WHERE "keyId" = '7'`)
  expect(await names()).toBe(namesBefore + 1)
  await sql.execute(`DELETE FROM "Key" WHERE "keyId" = '8'`)
  expect(await names()).toBe(namesBefore + 2)
})
