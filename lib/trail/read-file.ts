import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { RecordCutter, type CutProblem } from './cut'

const chunkBytes = 262_144

const problemWords: Readonly<Record<CutProblem, string>> = {
  empty: 'is empty: fetch it again',
  notCloudTrail: 'is no CloudTrail log file, which begins with {"Records":[ : leave it out',
  digest: 'is a digest of CloudTrail, not a log file: leave it out',
  brokenOff: 'ends in the middle of its records: fetch it again; what stands before is taken',
  strays: 'holds something that is no record between its records; the records are taken',
}

export type FileRead = {
  records: number
  tooLarge: number
  /** What is wrong with the file and what to do, as the end of a sentence about it. */
  problem: string | null
  /** What failed when it was not the file, but the way to it: it is worth another try. */
  failed: unknown
  /** SHA-256 of the text, without gzip, in hex, where it was asked for; null: not read to its end. */
  hash: string | null
}

type Take = (records: readonly string[]) => Promise<void>
type ReadOptions = {
  hashed?: boolean
  /** A gzip can unfold to any size: beyond this, before records are cut, it is given up. */
  mostBytes?: number
}

/** Reads a CloudTrail log file of this host: see readLog. */
export const readLogFile = (file: string, take: Take): Promise<FileRead> =>
  readLog(createReadStream(file, { highWaterMark: chunkBytes }), take)

/**
 * Reads a CloudTrail log file, gzip or not, as it comes: it is never in memory as a whole. `take`
 * gets the records that might be of KMS, and the file waits for it. Never throws for what is wrong
 * with the file, only what `take` throws.
 */
export async function readLog(
  source: AsyncIterable<Uint8Array>,
  take: Take,
  { hashed = false, mostBytes = Infinity }: ReadOptions = {},
): Promise<FileRead> {
  const cutter = new RecordCutter()
  const sum = hashed ? createHash('sha256') : null
  let failed: { error: unknown } | null = null
  let bytes = 0
  const consume = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      bytes += chunk.length
      if (bytes > mostBytes) throw new TooLarge(mostBytes)
      sum?.update(chunk)
      const records = cutter.push(chunk)
      try {
        if (records.length > 0) await take(records)
      } catch (error) {
        failed = { error }
        throw error
      }
    }
  }
  const read = { records: 0, tooLarge: 0, failed: null, hash: null }
  try {
    const { isZipped, chunks } = await lookAhead(source)
    if (isZipped) await pipeline(chunks, createGunzip({ chunkSize: chunkBytes }), consume)
    else await pipeline(chunks, consume)
  } catch (error) {
    rethrow(failed)
    const counts = { records: cutter.records, tooLarge: cutter.tooLarge }
    return { ...read, ...counts, ...problemOf(error, cutter) }
  }
  const found = cutter.problem()
  return {
    ...read,
    records: cutter.records,
    tooLarge: cutter.tooLarge,
    problem: found && problemWords[found],
    hash: sum?.digest('hex') ?? null,
  }
}

function rethrow(failed: { error: unknown } | null): void {
  if (failed) throw failed.error
}

class TooLarge extends Error {
  constructor(mostBytes: number) {
    super(`is longer than ${Math.round(mostBytes / 1_048_576).toLocaleString('en')} MB`)
  }
}

/** Whether it is gzip, by its first bytes: names are changed by who unpacks. */
async function lookAhead(source: AsyncIterable<Uint8Array>) {
  const rest = source[Symbol.asyncIterator]()
  const head: Buffer[] = []
  let length = 0
  while (length < 2) {
    const next = await rest.next()
    if (next.done === true) break
    head.push(Buffer.from(next.value))
    length += next.value.length
  }
  const first = Buffer.concat(head)
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      if (first.length > 0) yield first
      for (let next = await rest.next(); next.done !== true; next = await rest.next())
        yield asBuffer(next.value)
    } finally {
      // Who gives up ends the source too.
      await rest.return?.()
    }
  }
  return { isZipped: first[0] === 0x1f && first[1] === 0x8b, chunks: chunks() }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const codes: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EACCES: 'cannot be opened: permission denied',
  EISDIR: 'is a folder',
  Z_BUF_ERROR: 'ends in the middle of its gzip: fetch it again; what stands before is taken',
  Z_DATA_ERROR: 'is a broken gzip: fetch it again',
}

function problemOf(error: unknown, { records }: RecordCutter) {
  if (error instanceof TooLarge) return { problem: `${error.message}: leave it out`, failed: null }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const words = Object.hasOwn(codes, code) ? codes[code] : undefined
  const isOfFile = code.startsWith('Z_')
  const problem =
    code === 'Z_DATA_ERROR' && records > 0
      ? `${words}; the ${records} records before the break are taken`
      : (words ?? `cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  return { problem, failed: isOfFile ? null : error }
}
