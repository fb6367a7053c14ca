import 'server-only'
import { createReadStream } from 'node:fs'
import { z } from 'zod'
import { sql, type Queryable } from '../db/client'
import type { StoredEntry } from './verify'

const batch = 2_000

type Row = Omit<StoredEntry, 'columns'> &
  Omit<NonNullable<StoredEntry['columns']>, 'at'> & { at: Date }

/**
 * Entries after `after` up to `until`, in order, a batch at a time, with the
 * columns they are searched by.
 */
export async function* readStored({
  after = 0,
  until = Number.MAX_SAFE_INTEGER,
  from = sql,
}: {
  after?: number
  until?: number
  from?: Queryable
} = {}): AsyncGenerator<StoredEntry[], undefined> {
  for (let last = after; ; ) {
    const rows = await from.query<Row>(
      `SELECT "seq", "body", encode("prevHash", 'hex') AS "prevHash",
        encode("hash", 'hex') AS "hash", "at", "event", "actorId", "actor", "accountId", "keyArn",
        "requestId"
       FROM "AuditEntry" WHERE "seq" > $1 AND "seq" <= $2 ORDER BY "seq" LIMIT ${batch}`,
      [last, until],
    )
    if (rows.length > 0)
      yield rows.map(({ seq, body, prevHash, hash, at, ...columns }) => ({
        seq,
        body,
        prevHash,
        hash,
        columns: { at: at.toISOString(), ...columns },
      }))
    last = rows.at(-1)?.seq ?? last
    if (rows.length < batch) return
  }
}

/** An entry as it is exported: one line of JSON. */
export const toExported = ({ seq, body, prevHash, hash }: StoredEntry) =>
  `${JSON.stringify({ seq, body, prevHash, hash })}\n`

const exported = z.strictObject({
  seq: z.number(),
  body: z.string(),
  prevHash: z.string(),
  hash: z.string(),
})
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Null when the line is not, byte for byte, what an export writes for an entry: with a member said
 * twice, or spaced otherwise, another reader might see another entry in it. Bytes that are no UTF-8
 * are refused, since they would all read as the same character.
 */
export function parseExported(line: Uint8Array): StoredEntry | null {
  try {
    const text = utf8.decode(line)
    const entry = exported.safeParse(JSON.parse(text)).data
    return entry && toExported(entry) === `${text}\n` ? entry : null
  } catch {
    return null
  }
}

const longestLine = 64 * 1024 * 1024

/**
 * The lines of a file as bytes, without what ends them; empty ones are left out.
 * @throws what reading throws
 */
export async function* readLines(file: string): AsyncGenerator<Buffer, undefined> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(file)) {
    let start = 0
    const bytes = Buffer.concat([rest, Buffer.from(chunk)])
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
      if (end > start) yield bytes.subarray(start, end)
      start = end + 1
    }
    rest = bytes.subarray(start)
    if (rest.length > longestLine)
      throw new Error(`${file} has a line of more than ${longestLine} bytes: it is no exported log`)
  }
  if (rest.length > 0) yield rest
}
