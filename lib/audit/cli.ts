// npm run audit:verify -- [--file F] [--checkpoint C [--public-key P]... [--unsigned] [--older]]
// Exit status: 0 sound, 1 bad (names the first bad entry, or the bad checkpoint), 2 unreadable
// (also: no key to check C with).
import 'server-only'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { closeDatabase, sql } from '../db/client'
import { readGiven, type Given } from './given-checkpoints'
import { parseExported, readLines, readStored } from './stored'
import { ChainVerifier, type Expected } from './verify'

const usage = `npm run audit:verify -- [--file F] [--checkpoint C] [--public-key P] [--unsigned] [--older]
  --file F        an exported log (JSON lines), checked offline; without it the live database
  --checkpoint C  checkpoints that left the database (JSON lines); every one is compared, and the
                  log must reach the newest
  --public-key P  PEM of the key that signed them, got from where C's writers cannot reach; may be
                  repeated. Default: the key of CLAVIGER_AUDIT_KEY_FILE. Keys before and after it
                  count where key-certificates.jsonl beside C ties them to it (npm run
                  audit:rotate); a .pem beside C proves nothing
  --unsigned      take lines {"seq", "hash"} without a signature as they are
  --older         F was exported before the newest checkpoints: those beyond its end are counted
                  and not compared`

type Options = {
  file?: string
  checkpoint?: string
  'public-key'?: string[]
  unsigned?: boolean
  older?: boolean
}

/** Says which file is missing and what it should be, before anything else is read. */
function requireFile(option: string, file: string | undefined, what: string): void {
  if (file === undefined || existsSync(file)) return
  throw new Error(`there is no file ${path.resolve(file)} (${option}). ${what}`)
}

function requireFiles({ file, checkpoint, ...options }: Options): void {
  requireFile('--file', file, 'It is a log that was exported as JSON lines on the Audit log page.')
  requireFile(
    '--checkpoint',
    checkpoint,
    'The worker writes checkpoints.jsonl to CLAVIGER_AUDIT_CHECKPOINT_DIR, by itself the folder ' +
      'checkpoints of the data directory, within a minute of the first entry: name the copy you ' +
      'collected from there.',
  )
  for (const key of options['public-key'] ?? [])
    requireFile('--public-key', key, 'It is the PEM of the key that signed the checkpoints.')
}

async function verify(options: Options): Promise<number> {
  requireFiles(options)
  const { file, checkpoint, older = false } = options
  const keyFile =
    process.env.CLAVIGER_AUDIT_KEY_FILE ||
    path.join(process.env.CLAVIGER_DATA_DIR || '.claviger', 'audit.key')
  const given: Given | null =
    checkpoint === undefined
      ? null
      : await readGiven(
          checkpoint,
          { publicKeys: options['public-key'] ?? [], keyFile },
          options.unsigned ?? false,
        )
  if (given?.unknown) throw new Error(given.unknown)
  if (given?.bad) return say(`The checkpoints are bad: ${given.bad}.`, 1)
  const expected = given?.expected ?? []
  return file === undefined
    ? verifyDatabase(expected, given)
    : verifyFile(file, older ? await cutAt(file, expected) : expected, expected.length, given)
}

async function verifyDatabase(expected: readonly Expected[], given: Given | null): Promise<number> {
  const [head] = await sql.query<{ seq: number; hash: string }>(
    `SELECT "seq", encode("hash", 'hex') AS "hash" FROM "AuditHead" WHERE "id" = 1`,
  )
  if (!head) return say('Entry 1 is bad: the log has lost its head.', 1)
  const verifier = new ChainVerifier({
    expected: head.seq > 0 ? [...expected, { ...head, by: 'the head of the log' }] : expected,
  })
  for await (const entries of readStored())
    if (!entries.every((entry) => verifier.take(entry))) break
  return report(verifier, given, expected.length, expected.length)
}

async function verifyFile(
  file: string,
  expected: readonly Expected[],
  said: number,
  given: Given | null,
): Promise<number> {
  const verifier = new ChainVerifier({ expected })
  let lines = 0
  for await (const line of readLines(file)) {
    lines += 1
    const entry = parseExported(line)
    if (!(entry ? verifier.take(entry) : verifier.refuse(`line ${lines} of the file is no entry`)))
      break
  }
  if (lines === 0 && expected.length === 0) throw new Error(`${file} holds no entry`)
  const verdict = verifier.finish()
  if (!verdict.sound && verdict.endsBefore !== undefined && lines > 0) {
    say(
      `Export ends at ${verifier.reached.seq}; newer checkpoints exist (up to entry ` +
        `${verdict.endsBefore}), use --older if it was exported before them.`,
      1,
    )
    return say('If it was not, entries are missing at its end.', 1)
  }
  return report(verifier, given, expected.length, said)
}

/** The checkpoints an older export can be compared with: up to its last line. */
async function cutAt(file: string, expected: readonly Expected[]): Promise<Expected[]> {
  let lines = 0
  for await (const _ of readLines(file)) lines += 1
  return expected.filter(({ seq }) => seq <= lines)
}

function report(
  verifier: ChainVerifier,
  given: Given | null,
  compared: number,
  said: number,
): number {
  const verdict = verifier.finish()
  if (!verdict.sound) return say(`Entry ${verdict.seq} is bad: ${verdict.why}.`, 1)
  say(`Sound: ${verdict.entries} entries, the newest has ${verdict.hash}.`, 0)
  if (!given)
    return say(
      'No checkpoint was given, so that entries cut off at its end, or a whole log written anew, would not show.',
      0,
    )
  const newest = given.expected.reduce((most, { seq }) => Math.max(most, seq), 0)
  say(`Compared with ${compared} of ${said} checkpoints, the newest of entry ${newest}.`, 0)
  if (given.unsigned > 0)
    say(
      `${given.unsigned} of the checkpoints bear no signature: nobody but their bearer vouches for them.`,
      0,
    )
  return given.keys.length > 0 ? say(`Signatures checked with key ${given.keys.join('; ')}.`, 0) : 0
}

function say(line: string, status: number): number {
  console.log(line)
  return status
}

try {
  const { values } = parseArgs({
    options: {
      file: { type: 'string' },
      checkpoint: { type: 'string' },
      'public-key': { type: 'string', multiple: true },
      unsigned: { type: 'boolean' },
      older: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  process.exitCode = values.help ? say(usage, 0) : await verify(values)
} catch (error) {
  console.error(
    `The log could not be read: ${error instanceof Error ? error.message : String(error)}`,
  )
  process.exitCode = 2
} finally {
  await closeDatabase()
}
