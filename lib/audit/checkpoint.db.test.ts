import { generateKeyPairSync, randomBytes } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { freshDatabase } from '../db/test/database'
import { appendAudit } from './append'
import { leaveCheckpoints } from './checkpoint'
import { fileIn, parseLine, publicKeyIn, type CheckpointPlace } from './checkpoint-file'
import { certificatesIn, certifyKey } from './key-certificates'
import { isSignedBy, parsePublicKey, parseSigningKey, type Checkpoint } from './signing'

const { sql, transaction } = await freshDatabase()
const home = mkdtempSync(path.join(os.tmpdir(), 'claviger-checkpoints-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const makeKey = () =>
  parseSigningKey(
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  )
const append = (count = 1) =>
  transaction(async (tx) => {
    for (let i = 0; i < count; i++)
      await appendAudit(tx, {
        event: 'setting.changed',
        actor: { id: null, name: 'test' },
        data: { i },
      })
  })
const pass = (seconds: number) =>
  sql.execute(
    `CREATE OR REPLACE FUNCTION claviger_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
      SELECT now() + interval '${seconds} seconds' $$`,
  )
const bent = (statement: string) =>
  transaction(async (tx) => {
    // as someone with the database in hand would
    await tx.execute('SET LOCAL session_replication_role = replica')
    await tx.execute(statement)
  })

let place: CheckpointPlace
const linesIn = ({ dir }: CheckpointPlace): Checkpoint[] =>
  existsSync(fileIn(dir))
    ? readFileSync(fileIn(dir), 'utf8')
        .trim()
        .split('\n')
        .map((line) => parseLine(line) ?? expect.fail(line))
    : []
const leaveAll = async (where = place) => {
  while (await leaveCheckpoints(() => where));
}
const rows = () => sql.query<{ seq: number }>('SELECT "seq" FROM "AuditCheckpoint" ORDER BY "seq"')

beforeEach(async () => {
  await bent('DELETE FROM "AuditEntry"')
  await bent('DELETE FROM "AuditCheckpoint"')
  await sql.execute(`UPDATE "AuditHead" SET "seq" = 0, "hash" = sha256('claviger'::bytea)`)
  await pass(0)
  place = { dir: path.join(home, randomBytes(6).toString('hex')), key: makeKey() }
})

describe('checkpoints leave', () => {
  it('at the first entry, then a minute after the head last moved, signed by the key beside them', async () => {
    await leaveAll()
    expect(linesIn(place)).toEqual([])
    await append()
    await leaveAll()
    await append(3)
    await leaveAll()
    expect(linesIn(place).map(({ seq }) => seq)).toEqual([1])
    await pass(59)
    await leaveAll()
    expect(linesIn(place)).toHaveLength(1)
    await pass(61)
    await leaveAll()
    await pass(600)
    await leaveAll()
    expect(linesIn(place).map(({ seq }) => seq)).toEqual([1, 4])
    const publicKey = parsePublicKey(readFileSync(publicKeyIn(place.dir, place.key.keyId), 'utf8'))
    for (const line of linesIn(place)) {
      expect(isSignedBy(publicKey, line)).toBe(true)
      for (const other of [
        { seq: line.seq + 1 },
        { hash: line.hash.replace(/^./u, (c) => (c === '0' ? '1' : '0')) },
        { at: '2026-01-01T00:00:00.000Z' },
      ]) {
        expect(isSignedBy(publicKey, { ...line, ...other })).toBe(false)
      }
    }
    expect(
      await sql.query(
        `SELECT "leftTo"[1] AS "to", "leftAt" IS NOT NULL AS "left" FROM "AuditCheckpoint"`,
      ),
    ).toEqual([
      { to: 'file', left: true },
      { to: 'file', left: true },
    ])
  })

  it('for every 100 entries, each number once, with three workers at it while the log grows', async () => {
    let done = false
    const worker = async () => {
      while (!done) await leaveCheckpoints(() => place)
    }
    const workers = [worker(), worker(), worker()]
    for (let i = 0; i < 30; i++) await append(35)
    done = true
    await Promise.all(workers)
    await leaveAll()
    const seqs = linesIn(place).map(({ seq }) => seq)
    expect(new Set(seqs).size).toBe(seqs.length)
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
    expect(Math.max(...seqs.map((seq, i) => seq - (seqs[i - 1] ?? 0)))).toBeLessThanOrEqual(100)
    expect(1_050 - (seqs.at(-1) ?? 0)).toBeLessThan(100)
    expect((await rows()).map(({ seq }) => seq)).toEqual(seqs)
  })

  it('for a log that is longer than one run looks at', async () => {
    await sql.query(
      `SELECT count(audit_append('{"event":"test.happened","actor":"test"}')) FROM generate_series(1, 12345)`,
    )
    await leaveAll()
    const seqs = linesIn(place).map(({ seq }) => seq)
    expect(seqs).toEqual(Array.from({ length: 123 }, (_, i) => (i + 1) * 100))
    await pass(61)
    await leaveAll()
    expect(linesIn(place).at(-1)?.seq).toBe(12_345)
  })

  it('and stays noted: the database forgets none and alters none', async () => {
    await append(100)
    await leaveAll()
    for (const bend of [
      'DELETE FROM "AuditCheckpoint"',
      'TRUNCATE "AuditCheckpoint"',
      `UPDATE "AuditCheckpoint" SET "hash" = sha256('x'::bytea)`,
      'UPDATE "AuditCheckpoint" SET "seq" = 1',
    ])
      await expect(sql.execute(bend)).rejects.toMatchObject({
        constraint: 'audit_checkpoint_append_only',
      })
    expect(await rows()).toEqual([{ seq: 100 }])
  })
  it('once, when the file took a line and the database lost it', async () => {
    await append(100)
    await leaveAll()
    await bent('DELETE FROM "AuditCheckpoint"')
    await leaveAll()
    expect(linesIn(place)).toHaveLength(1)
    expect(await rows()).toEqual([{ seq: 100 }])
  })

  it('behind a line that was torn, and not after what someone put into the database', async () => {
    await append(100)
    await leaveAll()
    appendFileSync(fileIn(place.dir), '{"seq":200,"hash":"ab')
    await sql.execute(
      `INSERT INTO "AuditCheckpoint" SELECT 500, "hash", "at", "keyId", "signature", "leftTo",
        "leftAt" FROM "AuditCheckpoint"`,
    )
    await append(100)
    await leaveAll()
    const lines = readFileSync(fileIn(place.dir), 'utf8').trim().split('\n')
    expect(lines.map((line) => parseLine(line)?.seq)).toEqual([100, undefined, 200])
  })

  it('with a new key after it was changed, a certificate of both tying the old lines to it', async () => {
    await append(100)
    await leaveAll()
    const renewed = { ...place, key: makeKey() }
    writeFileSync(
      certificatesIn(place.dir),
      `${JSON.stringify(certifyKey(place.key, renewed.key, new Date()))}\n`,
    )
    await append(100)
    await leaveAll(renewed)
    expect(linesIn(place).map(({ keyId }) => keyId)).toEqual([place.key.keyId, renewed.key.keyId])
  })
})

describe('what is noticed before anything is signed', () => {
  const cut = async (seq: number) => {
    await bent(`DELETE FROM "AuditEntry" WHERE "seq" > ${seq}`)
    await sql.execute(
      `UPDATE "AuditHead"
        SET "seq" = ${seq},
        "hash" = coalesce((SELECT "hash" FROM "AuditEntry" WHERE "seq" = ${seq}),
          sha256('claviger'::bytea))`,
    )
  }
  it.each([0, 1, 57, 99])(
    'a log cut at entry %i, below what left, whether or not the database still knows of it',
    async (seq) => {
      await append(100)
      await leaveAll()
      await cut(seq)
      await expect(leaveAll()).rejects.toThrow(
        `ends at entry ${seq}, but a checkpoint of entry 100 left`,
      )
      await bent('DELETE FROM "AuditCheckpoint"')
      await expect(leaveAll()).rejects.toThrow(
        `ends at entry ${seq}, but a checkpoint of entry 100 left`,
      )
    },
  )
  it('a log cut and then grown again over it', async () => {
    await append(100)
    await leaveAll()
    await cut(50)
    await append(150)
    await expect(leaveAll()).rejects.toThrow('Entry 100 of the audit log is not the one')
    expect(linesIn(place)).toHaveLength(1)
  })
  it('an entry changed since', async () => {
    await append(100)
    await leaveAll()
    await append(100)
    await bent(`UPDATE "AuditEntry" SET "actor" = 'someone else' WHERE "seq" = 150`)
    await expect(leaveAll()).rejects.toThrow('Entry 150 of the audit log is bad: its column actor')
    expect(linesIn(place)).toHaveLength(1)
  })
  it('a directory that cannot be written, a file of somebody else, a key that is none', async () => {
    await append()
    writeFileSync(path.join(home, 'in-the-way'), '')
    await expect(leaveAll({ ...place, dir: path.join(home, 'in-the-way') })).rejects.toThrow(
      /EEXIST|ENOTDIR/,
    )
    await leaveAll()
    // which vouches for nobody
    expect(existsSync(publicKeyIn(place.dir, place.key.keyId))).toBe(true)
    await expect(leaveAll({ ...place, key: makeKey() })).rejects.toThrow(
      'no checkpoint that this installation signed',
    )
    expect(() => parseSigningKey('nonsense')).toThrow('no Ed25519 private key')
  })
})

it('the key file of an installation older than the checkpoints still signs, the same each time', () => {
  const text = `${randomBytes(32).toString('base64')}\n`
  expect(parseSigningKey(text).keyId).toBe(parseSigningKey(text).keyId)
  expect(parseSigningKey(text).keyId).not.toBe(
    parseSigningKey(`${randomBytes(32).toString('base64')}\n`).keyId,
  )
})
