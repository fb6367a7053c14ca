import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { beforeEach, expect, test } from 'vitest'
import { nobody, permitFor } from '../auth/test/permit'
import { freshDatabase } from '../db/test/database'
import { shapes } from './test/shapes'
import { endUpload, readImports, startUpload, takeUpload, undoUpload } from './upload'

const { sql, db } = await freshDatabase()
const permit = permitFor(nobody, 'trail.manage')

beforeEach(async () => {
  await sql.execute('TRUNCATE trail.event, trail.use, trail.dirty_hour, "TrailCoverage"')
  await sql.execute('TRUNCATE "TrailSetAside", "TrailImport" RESTART IDENTITY')
})

const logOf = (...records: object[]) => gzipSync(JSON.stringify({ Records: records }))
/** As a body comes: in pieces. */
const inPieces = (bytes: Uint8Array) =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100)
    })(),
  )
const countEvents = async () =>
  (await sql.query<{ n: number }>('SELECT count(*) AS n FROM trail.event'))[0]?.n

test('files come one by one, each says what became of it, and all of it can be undone', async () => {
  const { importId } = await startUpload(permit, { what: 'a.json.gz and others' })
  const send = (name: string, bytes: Uint8Array) =>
    takeUpload(permit, { importId, name }, inPieces(bytes))
  const whole = logOf(shapes.decrypt, shapes.createKey)
  expect(await send('a.json.gz', whole)).toMatchObject({ records: 2, stored: 2, problem: null })
  expect(await send('a again.json.gz', whole)).toMatchObject({ stored: 0, problem: null })
  expect(await send('b.json', Buffer.from('{"Version":"2012-10-17"}'))).toMatchObject({
    problem: expect.stringMatching(/^is no CloudTrail log file/),
  })
  const half = logOf(shapes.s3, shapes.denied).subarray(0, 500)
  expect(await send('half.json.gz', half)).toMatchObject({
    problem: expect.stringMatching(/^ends in the middle of its gzip/),
  })
  await endUpload(permit, { importId })
  await expect(send('late.json.gz', whole)).rejects.toThrow('has ended')
  const before = await countEvents()
  expect(await readImports(permit)).toMatchObject([
    { id: importId, state: 'done', files: 4, byName: nobody.name, stored: before },
  ])
  expect((await readImports(permit))[0]?.problems.map(({ file }) => file)).toEqual([
    'b.json',
    'half.json.gz',
  ])
  expect(await undoUpload(permit, { importId })).toEqual({ events: before })
  expect(await countEvents()).toBe(0)
  const entries = await db.auditEntry.findMany({ orderBy: { seq: 'asc' } })
  expect(entries.map(({ event }) => event)).toEqual([
    'trail.importStarted',
    'trail.imported',
    'trail.importUndone',
  ])
})

test('a body that breaks off leaves what came before it, and is told', async () => {
  const { importId } = await startUpload(permit, { what: 'x' })
  async function* broken() {
    yield Buffer.from(`{"Records":[${JSON.stringify(shapes.decrypt)},`)
    await Promise.resolve()
    throw new Error('the sender left')
  }
  const taken = await takeUpload(permit, { importId, name: 'x.json' }, broken())
  expect(taken).toMatchObject({ records: 1, stored: 1, problem: 'cannot be read: the sender left' })
})

test('a gzip that unfolds to more than a log file can be is given up', async () => {
  const { importId } = await startUpload(permit, { what: 'bomb' })
  const bomb = gzipSync(Buffer.alloc(8_388_608, ' '))
  async function* many() {
    // Members of a gzip one behind the other are one file.
    for (let n = 0; n < 200; n += 1) yield await Promise.resolve(bomb)
  }
  const taken = await takeUpload(permit, { importId, name: 'bomb.json.gz' }, many())
  expect(taken).toMatchObject({
    records: 0,
    problem: expect.stringMatching(/no CloudTrail|longer/),
  })
})
