// npm run audit:verify -- [--file F] [--checkpoint C]. Exit status: 0 sound, 1 bad, 2 unreadable.
import 'server-only'
import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { closeDatabase, sql } from '../db/client'
import { ChainVerifier, type StoredEntry } from './verify'

const exported = z.object({ seq: z.number(), body: z.string(), prevHash: z.string(), hash: z.string() })
const checkpoint = z.object({ seq: z.number(), hash: z.string() })
const batch = 2_000

/** A file of exported entries, one JSON object a line. */
async function* readFile(path: string): AsyncGenerator<StoredEntry> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) if (line.trim()) yield exported.parse(JSON.parse(line))
}

type Row = Omit<StoredEntry, 'columns'> & Omit<NonNullable<StoredEntry['columns']>, 'at'> & { at: Date }

async function* readDatabase(): AsyncGenerator<StoredEntry> {
  for (let after = 0; ;) {
    const rows = await sql.query<Row>(
      `SELECT "seq", "body", encode("prevHash", 'hex') AS "prevHash", encode("hash", 'hex') AS "hash", "at", "event", "actorId", "actor", "accountId", "keyArn", "requestId"
       FROM "AuditEntry" WHERE "seq" > $1 ORDER BY "seq" LIMIT ${batch}`, [after])
    for (const { seq, body, prevHash, hash, at, ...columns } of rows) yield { seq, body, prevHash, hash, columns: { at: at.toISOString(), ...columns } }
    after = rows.at(-1)?.seq ?? after
    if (rows.length < batch) return
  }
}

async function verify(): Promise<number> {
  const { values } = parseArgs({ options: { file: { type: 'string' }, checkpoint: { type: 'string' } } })
  const newest = values.checkpoint === undefined ? undefined : checkpoint.parse(JSON.parse(readFileSync(values.checkpoint, 'utf8')))
  const verifier = new ChainVerifier(newest)
  for await (const entry of values.file === undefined ? readDatabase() : readFile(values.file)) {
    if (!verifier.take(entry)) break
  }
  const verdict = verifier.finish()
  console.log(verdict.sound ? `Sound: ${verdict.entries} entries, the newest has ${verdict.hash}.` : `Entry ${verdict.seq} is bad: ${verdict.why}.`)
  return verdict.sound ? 0 : 1
}

try {
  process.exitCode = await verify()
} catch (error) {
  console.error(`The log could not be read: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 2
} finally {
  await closeDatabase()
}
