import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { rootDir } from '../launch/paths.mjs'
import { freshDatabase } from './test/database'

const { sql } = await freshDatabase()
const dir = path.join(rootDir, 'prisma/sql')

const functionText = /^CREATE OR REPLACE FUNCTION [\s\S]*?\$function\$[\s\S]*?\$function\$;$/gm
const triggerText = /^CREATE (?:CONSTRAINT )?TRIGGER [^;]*;$/gm
const comment = /^--.*$/gm

const files = readdirSync(dir).map((name) => ({
  name,
  text: readFileSync(path.join(dir, name), 'utf8'),
}))
/** The definitions of one kind in the files, without the semicolon that ends each. */
const listWritten = (kind: RegExp) =>
  files.flatMap(({ text }) => text.match(kind) ?? []).map((one) => one.slice(0, -1))

/** The files break lines as people read them; a line break ends a comment. */
const onOneLine = (text: string) =>
  text
    .replace(/--(.*)$/gm, '/*$1*/')
    .replace(/\s+/g, ' ')
    .replace(/(\() | (\))/g, '$1$2')
    .trim()

const isOwn = `n.nspname NOT IN ('pg_catalog', 'information_schema')`

test('prisma/sql has every function of the database as the migrations leave it', async () => {
  const rows = await sql.query<{ text: string }>(
    `SELECT pg_get_functiondef(p.oid) AS text
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE ${isOwn} AND NOT EXISTS (
       SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')`,
  )
  const written = listWritten(functionText).map(onOneLine)
  expect(written.sort()).toEqual(rows.map(({ text }) => onOneLine(text)).sort())
})

test('prisma/sql has every trigger of the database as the migrations leave it', async () => {
  const rows = await sql.query<{ text: string }>(
    `SELECT pg_get_triggerdef(t.oid) AS text FROM pg_trigger t
     JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE ${isOwn} AND NOT t.tgisinternal`,
  )
  const written = listWritten(triggerText).map(onOneLine)
  expect(written.sort()).toEqual(rows.map(({ text }) => onOneLine(text)).sort())
})

test('prisma/sql has nothing that is not compared', () => {
  for (const { name, text } of files) {
    const left = [functionText, triggerText, comment].reduce(
      (rest, kind) => rest.replace(kind, ''),
      text,
    )
    expect(left.trim(), name).toBe('')
  }
})

test('every refusal of a function names the constraint that code knows it by', () => {
  const refusals = files.flatMap(({ text }) => text.match(/RAISE EXCEPTION [^;]*;/g) ?? [])
  expect(refusals.length).toBeGreaterThan(10)
  expect(refusals.filter((one) => !/\bCONSTRAINT = '\w+'/.test(one))).toEqual([])
})
