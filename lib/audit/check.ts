import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { sql } from '@/lib/db/client'
import { AppError } from '@/lib/errors'
import { findSigned } from './checkpoint-file'
import { readStored } from './stored'
import { ChainVerifier, genesis, type Expected, type Link, type Verdict } from './verify'

/** One line of the answer: how far it came, and at the end what it found. */
export type CheckLine =
  | { checked: number; of: number }
  | {
      verdict: Verdict
      from: number
      checkpoints: { here: string | null; compared: number; strange: number }
    }
  | { failed: string }

let running = 0
/** It reads all of the log: two at a time are enough for one process. */
const mostAtOnce = 2

/**
 * Recomputes the chain of the last `last` entries (null: all of it) and compares it with the
 * checkpoints the database knows and with those of the file, where this process can read it.
 * @throws AppError conflict when others are at it.
 */
export async function* checkChain(
  _permit: Permit<'audit.read'>,
  last: number | null,
): AsyncGenerator<CheckLine, undefined> {
  if (running >= mostAtOnce)
    throw new AppError('conflict', 'The chain is being checked already. Wait for that to end.')
  running += 1
  try {
    const head = await readHead()
    const from = last === null ? genesis : await readLink(Math.max(0, head.seq - last))
    const { expected, here, strange } = await readExpected(from.seq)
    const verifier = new ChainVerifier({
      from,
      expected: [...expected, { ...head, by: 'the head of the log' }],
    })
    yield { checked: 0, of: head.seq - from.seq }
    for await (const entries of readStored({ after: from.seq })) {
      if (!entries.every((entry) => verifier.take(entry))) break
      yield {
        checked: verifier.reached.seq - from.seq,
        of: Math.max(head.seq, verifier.reached.seq) - from.seq,
      }
    }
    yield {
      verdict: verifier.finish(),
      from: from.seq + 1,
      checkpoints: { here, compared: expected.length, strange },
    }
  } finally {
    running -= 1
  }
}

async function readHead(): Promise<Link> {
  const [head] = await sql.query<Link>(
    `SELECT "seq", encode("hash", 'hex') AS "hash" FROM "AuditHead" WHERE "id" = 1`,
  )
  if (!head) throw new AppError('unexpected', 'The audit log has lost its head.')
  return head
}

/** The entry the check begins behind, taken as it stands. */
async function readLink(seq: number): Promise<Link> {
  if (seq === 0) return genesis
  const [link] = await sql.query<Link>(
    `SELECT "seq", encode("hash", 'hex') AS "hash" FROM "AuditEntry" WHERE "seq" = $1`,
    [seq],
  )
  // missing: nothing continues from it, and the first entry after it is named
  return link ?? { seq, hash: '' }
}

async function readExpected(
  after: number,
): Promise<{ expected: Expected[]; here: string | null; strange: number }> {
  const noted = await sql.query<Link>(
    `SELECT "seq", encode("hash", 'hex') AS "hash" FROM "AuditCheckpoint" WHERE "seq" > $1
      ORDER BY "seq" DESC LIMIT 100000`,
    [after],
  )
  const left = findSigned()
  const inFile =
    left?.checkpoints
      .filter(({ seq }) => seq > after)
      .map(({ seq, hash }) => ({ seq, hash, by: 'a checkpoint in the file' })) ?? []
  // A checkpoint of both is one; two that differ are two, of which one is wrong.
  const expected = new Map<string, Expected>(
    [...noted, ...inFile].map((one) => [`${one.seq} ${one.hash}`, one]),
  )
  return { expected: [...expected.values()], here: left?.file ?? null, strange: left?.strange ?? 0 }
}

/** The lines as they come. What breaks it is told in its last line, since the answer has begun. */
export function toLines(
  lines: AsyncGenerator<CheckLine, undefined>,
  toWords: (error: unknown) => string,
): Response {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await lines.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`))
      } catch (error) {
        controller.enqueue(
          encoder.encode(`${JSON.stringify({ failed: toWords(error) } satisfies CheckLine)}\n`),
        )
        controller.close()
      }
    },
    async cancel() {
      await lines.return(undefined)
    },
  })
  return new Response(body, {
    headers: {
      'content-type': 'application/x-ndjson; charset=utf-8',
      'cache-control': 'private, no-store',
    },
  })
}
