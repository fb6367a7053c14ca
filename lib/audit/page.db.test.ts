import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { permitFor } from '@/lib/auth/test/permit'
import { auditTable } from '@/lib/audit/audit-table'
import { parseTableState } from '@/lib/table/state'
import { freshDatabase } from '../db/test/database'
import { appendAudit } from './append'
import { checkChain, type CheckLine } from './check'
import { leaveCheckpoints } from './checkpoint'
import { fileIn, publicKeyIn } from './checkpoint-file'
import { exportChain, exportTable, toResponse } from './export'
import { getEntry, readAuditPage } from './page'
import { parseSigningKey } from './signing'
import { readChainState } from './state'

const { sql, transaction, url } = await freshDatabase()
const home = mkdtempSync(path.join(os.tmpdir(), 'claviger-audit-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
const ann = { id: 'p1', email: 'ann@example.com', name: 'Ann', assigned: [] }
const reading = permitFor(ann, 'audit.read')
const exporting = permitFor(ann, 'audit.export')
const keyText = generateKeyPairSync('ed25519')
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()
const place = { dir: path.join(home, 'checkpoints'), key: parseSigningKey(keyText) }
writeFileSync(path.join(home, 'audit.key'), keyText)

const all = 400
const arn = (i: number) => `arn:aws:kms:eu-west-1:111122223333:key/${i}`
const isAbout = (i: number) => ({
  event: i % 4 ? ('grants.exported' as const) : ('person.signedIn' as const),
  actor:
    i % 3 ? { id: `p${i % 5}`, name: `person ${i % 5}`, email: '' } : { id: null, name: 'worker' },
})
beforeAll(async () => {
  await transaction(async (tx) => {
    for (let i = 1; i <= all; i++) {
      await appendAudit(tx, {
        ...isAbout(i),
        ...(i % 2 ? { accountId: '111122223333', keyArn: arn(i % 7) } : {}),
        ...(i % 6 ? {} : { requestId: `r${i % 12}` }),
        data: { word: `Needle${i}x`, percent: i === 77 ? '100%' : '' },
      })
    }
  })
})

/** Goes from the newest entry to the oldest as a person would, and back again. */
async function walk(search: Record<string, string>) {
  const found: number[] = []
  const steps: Record<string, string>[] = [search]
  for (let step = steps.pop(); step; step = steps.pop()) {
    const page = await readAuditPage(reading, step)
    expect(page.problems).toEqual([])
    found.push(...page.rows.map(({ seq }) => seq))
    const last = page.rows.at(-1)
    if (page.hasOlder && last) steps.push({ ...search, before: String(last.seq) })
  }
  return found
}
const descending = (keep: (i: number) => boolean) =>
  Array.from({ length: all }, (_, i) => all - i).filter(keep)

describe('the page of the audit log', () => {
  it.each<[string, Record<string, string>, (i: number) => boolean]>([
    ['everything', {}, () => true],
    ['an event', { filter: 'event.eq.person%2esignedIn' }, (i) => i % 4 === 0],
    ['a person', { filter: 'person.eq.p2' }, (i) => i % 3 !== 0 && i % 5 === 2],
    ['who is no person', { filter: 'by.eq.console' }, (i) => i % 3 === 0],
    [
      'a key',
      { filter: `key.eq.${arn(3).replaceAll('.', '%2e')}` },
      (i) => i % 2 === 1 && i % 7 === 3,
    ],
    ['a part of a key', { filter: 'key.has.key/3' }, (i) => i % 2 === 1 && i % 7 === 3],
    ['a request', { filter: 'request.eq.r6' }, (i) => i % 12 === 6],
    ['an account', { filter: 'account.eq.111122223333' }, (i) => i % 2 === 1],
    ['text of any case', { q: 'nEEdle17x' }, (i) => i === 17],
    ['text that a pattern would take for more', { q: '0%' }, (i) => i === 77],
    [
      'person and text',
      { filter: 'person.eq.p2,*.has.needle1' },
      (i) => i % 3 !== 0 && i % 5 === 2 && String(i).startsWith('1'),
    ],
    ['not an event', { filter: 'event.ne.person%2esignedIn' }, (i) => i % 4 !== 0],
    [
      'any of two',
      { filter: 'request.eq.r6,person.eq.p1', match: 'any' },
      (i) => i % 12 === 6 || (i % 3 !== 0 && i % 5 === 1),
    ],
    ['a day long gone', { filter: 'at.lt.2020-01-01' }, () => false],
    ['since a day long gone', { filter: 'at.ge.2020-01-01,at.le.2099-01-01' }, () => true],
  ])('shows %s, every entry once, newest first', async (_, search, keep) => {
    expect(await walk(search)).toEqual(descending(keep))
  })

  it('goes back to the page it came from', async () => {
    const older = await readAuditPage(reading, { before: '200' })
    const back = await readAuditPage(reading, { after: String(older.rows[0]?.seq) })
    expect(back.rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, i) => 249 - i))
    expect(back.hasNewer).toBe(true)
  })

  it('offers the events and people there are, and shows an entry whole', async () => {
    const { options } = await readAuditPage(reading, {})
    expect(options.event.map(({ value }) => value)).toEqual(['grants.exported', 'person.signedIn'])
    expect(options.person.map(({ value }) => value)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4'])
    expect(JSON.parse((await getEntry(reading, 77)).body)).toMatchObject({
      seq: 77,
      data: { percent: '100%' },
    })
    await expect(getEntry(reading, 99_999)).rejects.toMatchObject({ code: 'not_found' })
  })
})

const verify = (...args: string[]) =>
  spawnSync(
    process.execPath,
    ['--import', 'tsx', '--conditions=react-server', 'lib/audit/cli.ts', ...args],
    {
      encoding: 'utf8',
      env: { ...process.env, DATABASE_URL: url, CLAVIGER_DATA_DIR: home, VITEST: '' },
    },
  )

describe('an export', () => {
  it('of the whole log has its own entry at its end, and audit:verify finds it sound', async () => {
    const text = await toResponse(await exportChain(exporting)).text()
    const lines = text.trimEnd().split('\n')
    expect(lines).toHaveLength(all + 1)
    expect(JSON.parse(JSON.parse(lines.at(-1) ?? '').body)).toMatchObject({
      event: 'audit.exported',
      actor: 'Ann',
    })
    while (await leaveCheckpoints(() => place));
    const file = path.join(home, 'log.jsonl')
    const unvouched = ['--checkpoint', fileIn(place.dir)]
    const given = [...unvouched, '--public-key', publicKeyIn(place.dir, place.key.keyId)]
    writeFileSync(file, text)
    expect(verify('--file', file, ...unvouched)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /Sound: 401 entries.*Compared with 5 of 5.*key [0-9a-f]{32} \(5 lines\), from CLAVIGER_AUDIT_KEY_FILE/su,
      ),
    })
    expect(verify(...given)).toMatchObject({ status: 0 })
    rmSync(path.join(home, 'audit.key'))
    // the .pem beside them vouches for nobody
    expect(verify('--file', file, ...unvouched).status).toBe(2)
    expect(verify('--file', file, ...given)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`${place.key.keyId}.pem`),
    })

    writeFileSync(file, lines.slice(0, 399).join('\n'))
    expect(verify('--file', file, ...given)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(
        'Export ends at 399; newer checkpoints exist (up to entry 401)',
      ),
    })
    expect(verify('--file', file, ...given, '--older')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Compared with 3 of 5'),
    })
    writeFileSync(
      file,
      lines.with(122, (lines[122] ?? '').replace('Needle123x', 'Needle124x')).join('\n'),
    )
    expect(verify('--file', file)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('Entry 123 is bad: its content'),
    })
    writeFileSync(file, lines.with(122, 'no entry').join('\n'))
    expect(verify('--file', file)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('Entry 123 is bad'),
    })
    expect(verify('--file', path.join(home, 'nothing')).status).toBe(2)
    writeFileSync(file, '')
    expect(verify('--file', file).status).toBe(2)
    expect(verify('--fiel', file).status).toBe(2)
  }, 120_000)

  it('of the table is what it shows, and says that it proves nothing', async () => {
    const { state } = parseTableState(auditTable, { filter: 'request.eq.r6' })
    const lines = (await toResponse(await exportTable(exporting, state)).text())
      .trimEnd()
      .split('\r\n')
    expect(lines[0]).toContain('A part of a log proves nothing')
    expect(lines.slice(2).map((line) => Number(line.split(',')[0]))).toEqual(
      descending((i) => i % 12 === 6),
    )
  })
})

describe('the state of the chain', () => {
  const check = async (last: number | null) => {
    const lines: CheckLine[] = []
    for await (const line of checkChain(reading, last)) lines.push(line)
    return lines.at(-1)
  }
  it('tells what left last and how much is behind it; without a worker it says so', async () => {
    const { newest, checkpoint, waiting, problems } = await readChainState(reading)
    expect({ newest: newest?.seq, checkpoint: checkpoint?.seq, waiting }).toEqual({
      newest: 402,
      checkpoint: 401,
      waiting: 1,
    })
    expect(problems.map(({ words }) => words)).toEqual([
      'No worker runs, so no checkpoint leaves the database.',
    ])
  })
  it('is sound when it is checked, all of it or its end', async () => {
    expect(await check(null)).toMatchObject({ verdict: { sound: true, entries: 402 }, from: 1 })
    expect(await check(10)).toMatchObject({ verdict: { sound: true, entries: 10 }, from: 393 })
    expect(await check(1_000_000)).toMatchObject({ verdict: { sound: true, entries: 402 } })
  })
  it('is not when an entry was bent, cut off, or no checkpoint left for minutes', async () => {
    const bent = (statement: string) =>
      transaction(async (tx) => {
        await tx.execute('SET LOCAL session_replication_role = replica')
        await tx.execute(statement)
      })
    await sql.execute(
      `CREATE OR REPLACE FUNCTION claviger_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
        SELECT now() + interval '5 minutes' $$`,
    )
    await sql.execute(
      `INSERT INTO "WorkerHeartbeat" ("id", "host", "pid", "version", "loops", "startedAt",
        "seenAt") VALUES (gen_random_uuid(), 'host-1', 1, '1',
        '{"checkpoint":{"ok":false,"problem":"no space left on device","at":"2026-11-22T03:00:00Z"}}', now(), now())`,
    )
    expect((await readChainState(reading)).problems).toMatchObject([
      {
        level: 'error',
        words: expect.stringContaining('host-1 could not leave a checkpoint: no space left'),
      },
      {
        level: 'error',
        words: expect.stringContaining('New entries wait longer'),
        since: expect.any(String),
      },
    ])
    await bent(
      `UPDATE "AuditEntry" SET "body" = replace("body", 'Needle300x', 'Needle301x') WHERE "seq" = 300`,
    )
    expect(await check(null)).toMatchObject({ verdict: { sound: false, seq: 300 } })
    await bent('DELETE FROM "AuditEntry" WHERE "seq" > 250')
    await sql.execute(
      `UPDATE "AuditHead" SET "seq" = 250, "hash" = (SELECT "hash" FROM "AuditEntry" WHERE "seq" = 250)`,
    )
    expect((await readChainState(reading)).problems).toEqual([
      {
        level: 'error',
        since: null,
        words: expect.stringContaining('ends at entry 250, but a checkpoint of entry 401 left'),
      },
    ])
    expect(await check(null)).toMatchObject({ verdict: { sound: false, seq: 251 } })
    await expect(leaveCheckpoints(() => place)).rejects.toThrow('entries are missing')
  })
})
