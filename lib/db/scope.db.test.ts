import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { rootDir } from '../launch/paths.mjs'
import { accountsOf, withinAccounts, type Scope } from './scope'
import { freshDatabase } from './test/database'

const { sql } = await freshDatabase()

const all: Scope = { all: true }
const one: Scope = { all: false, accountIds: ['1'] }
const none: Scope = { all: false, accountIds: [] }

const seenBy = async (scope: Scope) =>
  (
    await sql.query<{ id: string }>(
      `SELECT id FROM (VALUES ('a', '1'), ('b', '2'), ('c', NULL)) t (id, account)
       WHERE ${withinAccounts('account', '$1')} ORDER BY id`,
      [accountsOf(scope)],
    )
  ).map(({ id }) => id)

test('rows of other accounts, and those of none, are for who sees all accounts', async () => {
  expect(await seenBy(all)).toEqual(['a', 'b', 'c'])
  expect(await seenBy(one)).toEqual(['a'])
  expect(await seenBy(none)).toEqual([])
})

test('a table joined for the scope alone is not read for who sees all accounts', async () => {
  const plan = async (scope: Scope) =>
    JSON.stringify(
      await sql.query(
        `EXPLAIN SELECT r.id FROM derived.key_row r
         LEFT JOIN derived.key_facets f ON f.id = r.facets
         WHERE ${withinAccounts('f.account', '$1')}`,
        [accountsOf(scope)],
      ),
    )
  expect(await plan(all)).not.toContain('key_facets')
  expect(await plan(one)).toContain('key_facets')
})

const spellings = [
  /::text\[\] IS NULL OR/,
  /scope\.all\s*\?\s*(null|'true'|'')/,
  /accountId: \{ in: \[\.\.\.scope/,
  /ANY\(\$\{params\.add\([\w.]*accountIds/,
]

test('the accounts of a person are spelled in SQL by one function', () => {
  const files = ['lib', 'app'].flatMap((room) =>
    readdirSync(path.join(rootDir, room), { recursive: true, encoding: 'utf8' }).map((file) =>
      path.join(room, file),
    ),
  )
  const others = files
    .filter((file) => /(?<!\.test)\.tsx?$/.test(file) && file !== 'lib/db/scope.ts')
    .filter((file) => {
      const text = readFileSync(path.join(rootDir, file), 'utf8')
      return spellings.some((spelling) => spelling.test(text))
    })
  expect(others).toEqual([])
})
