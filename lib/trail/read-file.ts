import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
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
}

/**
 * Reads a CloudTrail log file, gzip or not, as it comes: it is never in memory as a whole. `take`
 * gets the records that might be of KMS, and the file waits for it. Never throws for what is wrong
 * with the file, only what `take` throws.
 */
export async function readLogFile(
  file: string,
  take: (records: readonly string[]) => Promise<void>,
): Promise<FileRead> {
  const cutter = new RecordCutter()
  let failed: { error: unknown } | null = null
  const consume = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      const records = cutter.push(chunk)
      try {
        if (records.length > 0) await take(records)
      } catch (error) {
        failed = { error }
        throw error
      }
    }
  }
  let problem: string | null
  try {
    const isZipped = await isGzip(file)
    const source = createReadStream(file, { highWaterMark: chunkBytes })
    if (isZipped) await pipeline(source, createGunzip({ chunkSize: chunkBytes }), consume)
    else await pipeline(source, consume)
    const found = cutter.problem()
    problem = found && problemWords[found]
  } catch (error) {
    rethrow(failed)
    problem = wordsOf(error, cutter)
  }
  return { records: cutter.records, tooLarge: cutter.tooLarge, problem }
}

function rethrow(failed: { error: unknown } | null): void {
  if (failed) throw failed.error
}

/** By its first bytes: names are changed by who unpacks. */
async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await handle.close()
  }
}

const codes: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EACCES: 'cannot be opened: permission denied',
  EISDIR: 'is a folder',
  Z_BUF_ERROR: 'ends in the middle of its gzip: fetch it again; what stands before is taken',
  Z_DATA_ERROR: 'is a broken gzip: fetch it again',
}

function wordsOf(error: unknown, { records }: RecordCutter): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const words = Object.hasOwn(codes, code) ? codes[code] : undefined
  if (code === 'Z_DATA_ERROR' && records > 0)
    return `${words}; the ${records} records before the break are taken`
  return words ?? `cannot be read: ${error instanceof Error ? error.message : String(error)}`
}
