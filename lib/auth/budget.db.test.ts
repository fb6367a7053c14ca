import { expect, it } from 'vitest'
import { pool, transaction } from '../db/client'
import { freshDatabase } from '../db/test/database'
import { findAppError } from '../errors'
import { spend } from './budget'

const { db, sql } = await freshDatabase()

async function addPerson(name: string): Promise<string> {
  const person = { issuer: 'i', subject: name, email: `${name}@example.com`, name, groups: [] }
  return (await db.person.create({ data: person })).id
}

it('lets a person do so much at a time, and more as time passes; others are not concerned', async () => {
  const [ann, bob] = [await addPerson('ann'), await addPerson('bob')]
  const all = await Promise.allSettled(
    Array.from({ length: 60 }, () => spend(sql, ann, 'comments')),
  )
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(30)
  await expect(spend(sql, ann, 'comments')).rejects.toMatchObject({
    code: 'too_many',
    details: { retryAfterSeconds: 120 },
  })
  await spend(sql, bob, 'comments')
  await spend(sql, ann, 'exports')
  await sql.execute(
    `UPDATE "PersonBudget" SET "updatedAt" = "updatedAt" - interval '5 minutes' WHERE "personId" = $1::uuid`,
    [ann],
  )
  await spend(sql, ann, 'comments')
  await spend(sql, ann, 'comments')
  await expect(spend(sql, ann, 'comments')).rejects.toMatchObject({ code: 'too_many' })
})

it('a pool with no connection left is busy, by every road', async () => {
  const held = await Promise.all(Array.from({ length: pool().options.max }, () => pool().connect()))
  try {
    const tries = [
      sql.query('SELECT 1'),
      db.person.count(),
      transaction((tx) => tx.query('SELECT 1')),
    ]
    for (const outcome of await Promise.allSettled(tries)) {
      expect(outcome.status).toBe('rejected')
      if (outcome.status === 'rejected')
        expect(findAppError(outcome.reason)).toMatchObject({ code: 'busy' })
    }
  } finally {
    for (const client of held) client.release()
  }
  expect(await sql.query('SELECT 1 AS "one"')).toEqual([{ one: 1 }])
}, 60_000)
