import { describe, expect, test } from 'vitest'
import { freshDatabase } from './test/database'

const { db, sql, transaction } = await freshDatabase()

const person = (subject: string) => ({
  issuer: 'https://id.example',
  subject,
  email: `${subject}@example.com`,
  name: subject,
})

describe('transaction', () => {
  test('holds Prisma and plain SQL in one transaction, and takes both back', async () => {
    await expect(
      transaction(async (tx) => {
        await tx.person.create({ data: person('ann') })
        expect(await tx.query('SELECT subject FROM "Person"')).toEqual([{ subject: 'ann' }])
        expect(await tx.execute('UPDATE "Person" SET name = $1', ['Ann'])).toBe(1)
        expect(await tx.person.findFirst()).toMatchObject({ name: 'Ann' })
        expect(await sql.query('SELECT 1 FROM "Person"')).toEqual([]) // nobody else sees it yet
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    expect(await db.person.count()).toBe(0)
  })

  test('many at once never see each other’s connection', async () => {
    const pids = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        transaction(async (tx) => {
          const before = await tx.query<{ pid: number }>(
            'SELECT pg_backend_pid() AS pid, txid_current() AS xid',
          )
          await tx.person.create({ data: person(`p${index}`) })
          const after = await tx.query<{ pid: number }>(
            'SELECT pg_backend_pid() AS pid, txid_current() AS xid',
          )
          expect(after).toEqual(before)
          return tx.query('SELECT 1 FROM "Person" WHERE subject = $1', [`p${index}`])
        }),
      ),
    )
    expect(pids.every((rows) => rows.length === 1)).toBe(true)
    expect(await sql.query('SELECT count(*) AS count FROM "Person"')).toEqual([{ count: 30 }])
  })
})

test('a bigint too large for a number throws instead of being rounded', async () => {
  await expect(sql.query('SELECT 9007199254740993::bigint AS n')).rejects.toThrow(
    'beyond what a number holds',
  )
})

test('arrays, objects and dates go in and come out', async () => {
  const at = new Date('2026-11-21T10:00:00.123Z')
  const [row] = await sql.query(
    'SELECT $1::text[] AS list, $2::jsonb AS doc, $3::timestamptz AS at',
    [['a', 'b'], { a: [1] }, at],
  )
  expect(row).toEqual({ list: ['a', 'b'], doc: { a: [1] }, at })
})
