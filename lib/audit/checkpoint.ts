import 'server-only'
import { sql, transaction, type Tx } from '../db/client'
import { log } from '../log'
import { millisecondsTo } from '../work/claim'
import {
  appendCheckpoints,
  findNewest,
  makeIsOurs,
  openPlace,
  type CheckpointPlace,
} from './checkpoint-file'
import { signCheckpoint, type Checkpoint } from './signing'
import { readStored } from './stored'
import { ChainVerifier, genesis, type Link } from './verify'

/**
 * A checkpoint leaves for every so many entries, and this long after the last one
 * when there is anything new.
 */
const everyEntries = 100
const everySeconds = 60
/**
 * Entries looked through in one run, so that a first run over an old log does not
 * hold its transaction for long.
 */
const mostEntries = 5_000
const lockId = 4_117_001

type Head = Link & { now: Date }

/**
 * Signs the head of the chain and takes it out of the database, when it is time: a line in a file
 * and one in our own log. First it looks whether the chain still continues from what left before,
 * so that nothing rewritten or cut is ever signed. Of several workers one does it at a time, and a
 * number is signed once. Answers true when there is more to do at once.
 * @throws Error, in words for the audit page, when the log was cut or rewritten or the
 *   checkpoint could not be written.
 */
export async function leaveCheckpoints(open: () => CheckpointPlace = openPlace): Promise<boolean> {
  return transaction(async (tx) => {
    const [lock] = await tx.query<{ held: boolean }>(
      'SELECT pg_try_advisory_xact_lock($1) AS held',
      [lockId],
    )
    if (!lock?.held) return false
    const place = open()
    const left = await findLeft(tx, place)
    const head = await readHead(tx)
    const until = Math.min(head.seq, left.seq + mostEntries)
    const { hundreds, end } = await followChain(tx, left, head, until)
    const isAged = Math.abs(head.now.getTime() - left.atMs) >= everySeconds * 1000
    const isWhole = until === head.seq
    const due =
      isWhole && isAged && end.seq > Math.max(left.seq, hundreds.at(-1)?.seq ?? 0)
        ? [...hundreds, end]
        : hundreds
    if (due.length > 0)
      await leave(
        tx,
        place,
        due.map((link) => signCheckpoint(place.key, { ...link, at: head.now.toISOString() })),
      )
    return !isWhole
  })
}

/** The chain is looked at this often also where nothing is new: it might have been rewritten. */
const lookAtLeastEveryMs = 60_000

/** Makes what leaves checkpoints, and what says in how many milliseconds the next can leave. */
export function makeCheckpoints(clock: () => number = () => performance.now()) {
  let lookedAt = -Infinity
  return {
    async leave(): Promise<boolean> {
      const isMore = await leaveCheckpoints()
      lookedAt = clock()
      return isMore
    },
    async dueMs(): Promise<number | null> {
      const lookInMs = lookedAt + lookAtLeastEveryMs - clock()
      if (lookInMs <= 0) return 0
      const dueMs = await nextDueMs()
      return dueMs === null ? lookInMs : Math.min(dueMs, lookInMs)
    },
  }
}

async function nextDueMs(): Promise<number | null> {
  const [row] = await sql.query<{ behind: number; agedInMs: number | null }>(
    sql`SELECT h."seq" - coalesce(c."seq", 0) AS "behind",
       ${millisecondsTo('claviger_now()', sql`c."at" + make_interval(secs => ${everySeconds})`)}
         AS "agedInMs"
     FROM "AuditHead" h LEFT JOIN LATERAL (
       SELECT "seq", "at" FROM "AuditCheckpoint" ORDER BY "seq" DESC LIMIT 1) c ON true`,
  )
  if (!row || row.behind < 0 || row.behind >= everyEntries) return 0
  if (row.behind === 0) return null
  return row.agedInMs ?? 0
}

/**
 * The newest checkpoint that left: of this file, or of another worker's as
 * the database remembers it.
 */
async function findLeft(tx: Tx, place: CheckpointPlace): Promise<Link & { atMs: number }> {
  const { newest, strange } = findNewest(place)
  const noted = await findNoted(tx, place)
  if (strange > 0) noteStrange(place, strange)
  // The file took it, and then the transaction was lost: it left all the same.
  if (newest && newest.seq > (noted?.seq ?? 0)) await note(tx, [newest])
  const last = noted && noted.seq > (newest?.seq ?? 0) ? noted : newest
  return last
    ? { seq: last.seq, hash: last.hash, atMs: Date.parse(last.at) }
    : { ...genesis, atMs: 0 }
}

/**
 * The newest row of the database that we signed: one put there by hand must not
 * keep real ones from leaving.
 */
async function findNoted(tx: Tx, place: CheckpointPlace): Promise<Checkpoint | null> {
  const rows = await tx.auditCheckpoint.findMany({ orderBy: { seq: 'desc' }, take: 5 })
  const noted = rows.map(({ seq, hash, at, keyId, signature }) => ({
    seq: Number(seq),
    hash: Buffer.from(hash).toString('hex'),
    at: at.toISOString(),
    keyId,
    signature: Buffer.from(signature).toString('hex'),
  }))
  return noted.find(makeIsOurs(place)) ?? null
}

let strangeSaid = ''
/** Once for each such file, not every second. */
function noteStrange({ dir }: CheckpointPlace, lines: number): void {
  const said = `${dir} ${lines}`
  if (said !== strangeSaid)
    log.error(
      { dir, lines },
      'the newest lines of the checkpoint file are not ours: torn, or put there by someone',
    )
  strangeSaid = said
}

async function readHead(tx: Tx): Promise<Head> {
  const [head] = await tx.query<Head>(
    `SELECT "seq", encode("hash", 'hex') AS "hash", claviger_now() AS "now" FROM "AuditHead" WHERE "id" = 1`,
  )
  if (!head) throw alarm('The audit log has lost its head.', {})
  return head
}

/**
 * Recomputes the chain from what left to `until`. @throws Error when it is not the chain that left.
 */
async function followChain(
  tx: Tx,
  left: Link,
  head: Link,
  until: number,
): Promise<{ hundreds: Link[]; end: Link }> {
  const facts = { left: left.seq, head: head.seq }
  if (head.seq < left.seq)
    throw alarm(
      `The audit log ends at entry ${head.seq}, but a checkpoint of entry ${left.seq} left ` +
        'the database: entries are missing.',
      facts,
    )
  if (left.seq > 0) {
    const [entry] = await tx.query<{ hash: string }>(
      `SELECT encode("hash", 'hex') AS "hash" FROM "AuditEntry" WHERE "seq" = $1`,
      [left.seq],
    )
    if (!entry)
      throw alarm(
        `Entry ${left.seq} of the audit log is missing, though a checkpoint of it left the database.`,
        facts,
      )
    if (entry.hash !== left.hash)
      throw alarm(
        `Entry ${left.seq} of the audit log is not the one whose checkpoint left the ` +
          'database: the log was written anew.',
        facts,
      )
  }
  const verifier = new ChainVerifier({
    from: left,
    expected: until === head.seq ? [{ ...head, by: 'the head of the log' }] : [],
  })
  const hundreds: Link[] = []
  for await (const entries of readStored({ after: left.seq, until, from: tx })) {
    for (const entry of entries) {
      if (!verifier.take(entry)) break
      if ((entry.seq - left.seq) % everyEntries === 0) hundreds.push(verifier.reached)
    }
  }
  const verdict = verifier.finish()
  if (!verdict.sound)
    throw alarm(`Entry ${verdict.seq} of the audit log is bad: ${verdict.why}.`, {
      ...facts,
      bad: verdict.seq,
    })
  return { hundreds, end: verifier.reached }
}

function alarm(words: string, facts: Record<string, unknown>): Error {
  log.error({ alarm: 'audit log', ...facts }, words)
  return new Error(words)
}

async function leave(
  tx: Tx,
  place: CheckpointPlace,
  checkpoints: readonly Checkpoint[],
): Promise<void> {
  appendCheckpoints(place, checkpoints)
  for (const checkpoint of checkpoints) log.info({ checkpoint }, 'audit checkpoint')
  await note(tx, checkpoints)
}

/**
 * Remembers in the database what left it: for the page, and for workers that
 * write to another directory.
 */
async function note(tx: Tx, checkpoints: readonly Checkpoint[]): Promise<void> {
  const places = log.isLevelEnabled('info') ? ['file', 'log'] : ['file']
  await tx.auditCheckpoint.createMany({
    data: checkpoints.map(({ seq, hash, at, keyId, signature }) => ({
      seq,
      hash: Buffer.from(hash, 'hex'),
      at: new Date(at),
      keyId,
      signature: Buffer.from(signature, 'hex'),
      leftTo: places,
      leftAt: new Date(at),
    })),
    skipDuplicates: true,
  })
}
