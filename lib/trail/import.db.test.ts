import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { freshDatabase } from '../db/test/database'
import { findLogFiles } from './find-files'
import { importFiles, undoImport } from './import'
import { recountHours } from './recount'
import { retrySetAside } from './retry'
import { eventFrom, rollupDifferences } from './test/events'
import { otherRecord, shapes } from './test/shapes'
import { writeEvents } from './write'

const { sql, db } = await freshDatabase()
const dir = await mkdtemp(path.join(os.tmpdir(), 'trail-'))
afterAll(() => rm(dir, { recursive: true }))

beforeEach(async () => {
  await sql.execute('TRUNCATE trail.event, trail.use, trail.dirty_hour')
  await sql.execute('TRUNCATE "TrailSetAside", "TrailCoverage", "TrailImport" RESTART IDENTITY')
})

const logOf = (records: readonly object[]) => JSON.stringify({ Records: records })
const all = [...Object.values(shapes), otherRecord]
const put = async (name: string, content: string | Buffer) => {
  await writeFile(path.join(dir, name), content)
  return path.join(dir, name)
}
const importOf = async (...paths: string[]) =>
  importFiles('here', await findLogFiles(paths), () => {})
const countEvents = async () =>
  (await sql.query<{ n: number }>('SELECT count(*) AS n FROM trail.event'))[0]?.n
const differences = async () =>
  (await sql.query<{ differences: number }>(rollupDifferences))[0]?.differences

test('a folder of files, gzip and not, is stored once, with a line for each bad file', async () => {
  const folder = path.join(dir, 'AWSLogs/111122223333/CloudTrail/us-west-2')
  const digests = path.join(dir, 'AWSLogs/111122223333/CloudTrail-Digest/us-west-2')
  await mkdir(folder, { recursive: true })
  await mkdir(digests, { recursive: true })
  const below = (name: string) => `AWSLogs/111122223333/CloudTrail/us-west-2/${name}`
  const zipped = gzipSync(logOf(all))
  await put(below('a.json.gz'), zipped)
  await put(below('b.json'), logOf(all))
  await put(below('half.json.gz'), zipped.subarray(0, 700))
  await put(below('broken.json.gz'), Buffer.from(zipped).fill(0xff, 12, 60))
  await put(below('policy.json'), '{"Version":"2012-10-17","Statement":[]}')
  await put(below('empty.json'), '')
  await put(below('notes.txt'), 'not read')
  await put('AWSLogs/111122223333/CloudTrail-Digest/us-west-2/d.json.gz', zipped)

  const told: string[] = []
  const files = await findLogFiles([dir, path.join(dir, 'gone.json')])
  const ended = await importFiles('here', files, (_, problem) => {
    if (problem) told.push(`${path.basename(problem.file)} ${problem.problem}`)
  })
  expect(ended).toMatchObject({ files: 7, stored: Object.keys(shapes).length, setAside: 0 })
  expect(await countEvents()).toBe(Object.keys(shapes).length)
  expect(told.sort()).toEqual([
    expect.stringMatching(/^broken\.json\.gz is a broken gzip: fetch it again/),
    'empty.json is empty: fetch it again',
    'gone.json is not there',
    expect.stringMatching(/^half\.json\.gz ends in the middle of its gzip: fetch it again/),
    expect.stringMatching(/^policy\.json is no CloudTrail log file/),
  ])
  const [entry] = await db.auditEntry.findMany({ where: { event: 'trail.imported' } })
  expect(JSON.parse(entry?.body ?? '{}')).toMatchObject({ data: { files: 7, badFiles: 5 } })
})

test('what cannot be taken is set aside with its file, and taken when it can be', async () => {
  const future = {
    ...shapes.decrypt,
    eventTime: `${new Date().getUTCFullYear() + 5}-01-01T00:00:00Z`,
  }
  const file = await put('odd.json', logOf([{ ...shapes.decrypt, eventVersion: '2.0' }, future]))
  expect(await importOf(file)).toMatchObject({ stored: 0, setAside: 2 })
  expect(await db.trailSetAside.findMany({ orderBy: { reason: 'asc' } })).toMatchObject([
    { reason: 'future', origin: file, importId: 1 },
    { reason: 'version', detail: '2.0', origin: file },
  ])
  expect(await retrySetAside()).toEqual({ tried: 2, taken: 0 })
  await sql.execute(`UPDATE "TrailSetAside" SET "record" = replace("record", '"2.0"', '"1.99"')`)
  expect(await retrySetAside()).toEqual({ tried: 2, taken: 1 })
  expect(await countEvents()).toBe(1)
})

test('undoing an import takes out what it alone brought', async () => {
  const first = await put('first.json', logOf([shapes.decrypt, shapes.createKey, shapes.s3]))
  const second = await put('second.json', logOf([shapes.createKey, shapes.denied]))
  const one = await importOf(first)
  const two = await importOf(second)
  expect(two.stored, 'CreateKey was there already').toBe(1)
  await writeEvents([eventFrom('s3')], { name: 'lookup', importId: null })
  await recountHours()
  expect(await undoImport(one.importId), 'only Decrypt was its own').toBe(1)
  await recountHours()
  expect(await sql.query('SELECT operation FROM trail.event ORDER BY operation, is_use')).toEqual([
    { operation: 'CreateKey' },
    { operation: 'Decrypt' },
    { operation: 'Decrypt' },
  ])
  expect(await undoImport(two.importId)).toBe(2)
  await recountHours()
  expect(await countEvents()).toBe(1)
  expect(await differences()).toBe(0)
  expect(await undoImport(77)).toBeNull()
})
