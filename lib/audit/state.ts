import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { sql } from '@/lib/db/client'
import { log } from '@/lib/log'

/**
 * What stands in the way of proof: `error` is a sign of tampering or of proof that is missing,
 * `warning` of proof to come late. `since`: when a checkpoint left last, where none leaves.
 */
export type ChainProblem = { level: 'error' | 'warning'; words: string; since: string | null }
export type ChainState = {
  newest: { seq: number; at: string | null; hash: string } | null
  checkpoint: { seq: number; at: string; hash: string; keyId: string; leftTo: string[] } | null
  /** Entries behind the last checkpoint. */
  waiting: number
  problems: ChainProblem[]
}

type Row = {
  seq: number
  hash: string
  at: Date | null
  checkpointSeq: number | null
  checkpointHash: string | null
  checkpointAt: Date | null
  keyId: string | null
  leftTo: string[] | null
  hashThere: string | null
  waitingSince: Date | null
  isLate: boolean
}

/** A minute is when a checkpoint is due; this much later it is missing. */
const lateAfterSeconds = 150

/**
 * The newest entry, what left last, and what is wrong. It looks at the end of the chain only:
 * "Check the chain" looks at all of it.
 */
export async function readChainState(_permit: Permit<'audit.read'>): Promise<ChainState> {
  const [row] = await sql.query<Row>(
    `SELECT h."seq", encode(h."hash", 'hex') AS "hash", n."at", c."seq" AS "checkpointSeq",
      encode(c."hash", 'hex') AS "checkpointHash", c."at" AS "checkpointAt", c."keyId",
      c."leftTo",
            encode(there."hash", 'hex') AS "hashThere", w."at" AS "waitingSince",
              coalesce(w."at" < claviger_now() - interval '${lateAfterSeconds} seconds',
                false) AS "isLate"
     FROM "AuditHead" h LEFT JOIN "AuditEntry" n ON n."seq" = h."seq"
     LEFT JOIN LATERAL (SELECT * FROM "AuditCheckpoint" ORDER BY "seq" DESC LIMIT 1) c ON true
     LEFT JOIN "AuditEntry" there ON there."seq" = c."seq"
     LEFT JOIN LATERAL (SELECT "at" FROM "AuditEntry" WHERE "seq" > coalesce(c."seq", 0)
     ORDER BY "seq" LIMIT 1) w ON true
     WHERE h."id" = 1`,
  )
  const checkpoint = row ? checkpointOf(row) : null
  const cut = cutProblems(row)
  const since = row?.checkpointAt?.toISOString() ?? null
  // A log that was cut is what the workers complain of, too.
  const problems =
    cut.length > 0
      ? cut
      : [...(await workerProblems(since)), ...(row?.isLate ? [late(row, since)] : [])]
  return {
    newest:
      row && row.seq > 0
        ? { seq: row.seq, hash: row.hash, at: row.at?.toISOString() ?? null }
        : null,
    checkpoint,
    waiting: Math.max(0, (row?.seq ?? 0) - (checkpoint?.seq ?? 0)),
    problems,
  }
}

/** What left the database last; null where nothing has. */
function checkpointOf(row: Row): ChainState['checkpoint'] {
  if (!row.checkpointSeq || !row.checkpointAt || !row.checkpointHash) return null
  return {
    seq: row.checkpointSeq,
    at: row.checkpointAt.toISOString(),
    hash: row.checkpointHash,
    keyId: row.keyId ?? '',
    leftTo: row.leftTo ?? [],
  }
}

function cutProblems(row: Row | undefined): ChainProblem[] {
  if (!row)
    return [
      {
        level: 'error',
        words: 'The audit log has lost its head: nothing can be appended.',
        since: null,
      },
    ]
  const error = (words: string): ChainProblem[] => {
    log.error({ alarm: 'audit log', head: row.seq, left: row.checkpointSeq }, words)
    return [{ level: 'error', words, since: null }]
  }
  if (row.checkpointSeq !== null && row.seq < row.checkpointSeq)
    return error(
      `The log ends at entry ${row.seq}, but a checkpoint of entry ${row.checkpointSeq} left ` +
        'the database: entries are missing.',
    )
  if (row.checkpointSeq !== null && row.hashThere !== row.checkpointHash)
    return error(
      `Entry ${row.checkpointSeq} is not the one whose checkpoint left the database: the log ` +
        'was written anew, or the entry is missing.',
    )
  return row.seq > 0 && !row.at ? error(`The newest entry, ${row.seq}, is missing.`) : []
}

type Loop = { ok?: boolean; problem?: string | null } | null

/** What the workers themselves say of leaving checkpoints. */
async function workerProblems(since: string | null): Promise<ChainProblem[]> {
  const workers = await sql.query<{ host: string; loop: Loop }>(
    `SELECT "host", "loops" -> 'checkpoint' AS "loop" FROM "WorkerHeartbeat"
      WHERE "seenAt" > now() - interval '15 seconds' ORDER BY "host"`,
  )
  if (workers.length === 0)
    return [
      { level: 'warning', words: 'No worker runs, so no checkpoint leaves the database.', since },
    ]
  return workers.flatMap(({ host, loop }): ChainProblem[] =>
    loop?.ok === false
      ? [
          {
            level: 'error',
            words: `The worker on ${host} could not leave a checkpoint: ${loop.problem ?? 'it did not say why'}`,
            since,
          },
        ]
      : [],
  )
}

const late = ({ checkpointAt }: Row, since: string | null): ChainProblem => ({
  level: 'error',
  since,
  words: checkpointAt
    ? 'New entries wait longer than they should for a checkpoint.'
    : 'No checkpoint ever left the database: what is in it could be rewritten unseen.',
})
