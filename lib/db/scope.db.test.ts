import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { rootDir } from '../launch/paths.mjs'
import { withinAccounts, type Scope } from './scope'
import { freshDatabase } from './test/database'

const { sql } = await freshDatabase()

const all: Scope = { all: true }
const one: Scope = { all: false, accountIds: ['1'] }
const none: Scope = { all: false, accountIds: [] }

const seenBy = async (scope: Scope) =>
  (
    await sql.query<{ id: string }>(
      sql`SELECT id FROM (VALUES ('a', '1'), ('b', '2'), ('c', NULL)) t (id, account)
       WHERE ${withinAccounts('account', scope)} ORDER BY id`,
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
        sql`EXPLAIN SELECT r.id FROM derived.key_row r
         LEFT JOIN derived.key_facets f ON f.id = r.facets
         WHERE ${withinAccounts('f.account', scope)}`,
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

const files = ['lib', 'app'].flatMap((room) =>
  readdirSync(path.join(rootDir, room), { recursive: true, encoding: 'utf8' }).map((file) =>
    path.join(room, file),
  ),
)
/** The sources whose text has one of these, apart from those named. */
const listWith = (patterns: readonly RegExp[], except: readonly string[]) =>
  files
    .filter((file) => /(?<!\.test)\.tsx?$/.test(file) && !except.includes(file))
    .filter((file) => {
      const text = readFileSync(path.join(rootDir, file), 'utf8')
      return patterns.some((pattern) => pattern.test(text))
    })

test('the accounts of a person are spelled in SQL by one function', () => {
  expect(listWith(spellings, ['lib/db/scope.ts'])).toEqual([])
})

/** These say a sum of dollars, or a template of Terraform; the last is the one that may count. */
const dollars = ['lib/accounts/hcl.ts', 'lib/changes/kinds/shared/cost.ts', 'lib/table/sql.ts']

test('no statement counts its parameters: the tag does', () => {
  expect(listWith([/\$\$\{/], dollars).filter((file) => file.startsWith('lib'))).toEqual([])
})
