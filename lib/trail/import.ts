import 'server-only'
import { appendAudit, type AuditActor } from '../audit/append'
import { db, sql, transaction, type Tx } from '../db/client'
import { storableText } from '../storable'
import { Ingest, type Counts } from './ingest'
import { readLogFile, type FileRead } from './read-file'
import { importSource } from './write'

const host: AuditActor = { id: null, name: 'command line' }
const dayMs = 86_400_000

export type ImportProgress = Counts & {
  importId: number
  files: number
  records: number
  problems: readonly FileProblem[]
}
type FileProblem = { file: string; problem: string }

/** Called after each file, with what was wrong with it. */
type Tell = (progress: ImportProgress, problem: FileProblem | null) => void

/** What the list of an import shows; the lines said all of them. */
export const shownProblems = 100

/**
 * Imports CloudTrail log files: each event once, however often it is imported. What a file holds is
 * stored before the next one begins, so that an import that ended early is repeated as a whole.
 */
export async function importFiles(
  what: string,
  files: readonly string[],
  tell: Tell,
): Promise<ImportProgress> {
  const { id } = await db.trailImport.create({ data: { what: storableText(what) } })
  const ingest = new Ingest(importSource(id), { notAfterMs: Date.now() + dayMs })
  const problems: FileProblem[] = []
  const read = { files: 0, records: 0 }
  const progress = () => ({ importId: id, ...read, ...ingest.counts, problems })
  for (const file of files) {
    const done = await readLogFile(file, (some) => ingest.take(some, file))
    await ingest.flush()
    read.files += 1
    read.records += done.records
    const words = problemOf(done)
    const found = words === null ? null : { file, problem: words }
    if (found) problems.push(found)
    tell(progress(), found)
  }
  const ended = progress()
  await transaction((tx) => endImport(tx, what, ended))
  return ended
}

/** What is wrong with a file, as the end of a sentence about it; null: nothing. */
export function problemOf({ problem, tooLarge }: FileRead): string | null {
  const words = [
    problem,
    tooLarge > 0 && `holds ${tooLarge} records longer than CloudTrail writes, left out`,
  ].filter((one) => typeof one === 'string')
  return words.length > 0 ? words.join('; ') : null
}

async function endImport(tx: Tx, what: string, ended: ImportProgress): Promise<void> {
  const { importId, files, records, problems, ...counts } = ended
  await tx.trailImport.update({
    where: { id: importId },
    data: {
      files,
      records,
      endedAt: new Date(),
      problems: problems.slice(0, shownProblems).map(({ file, problem }) => ({
        file: storableText(file),
        problem: storableText(problem),
      })),
    },
  })
  await appendAudit(tx, {
    event: 'trail.imported',
    actor: host,
    data: { import: importId, what, files, records, ...counts, badFiles: problems.length },
  })
}

/** Imports, newest first. */
export const listImports = () => db.trailImport.findMany({ orderBy: { id: 'desc' }, take: 200 })

const undoTimeoutMs = 600_000
/** In the order in which undos of two imports follow each other: an event can be of both. */
const undoLock = sql`SELECT pg_advisory_xact_lock(hashtextextended('trail undo', 0))`

/**
 * Takes out what an import brought and nothing else: an event that another import or a source that
 * stays brought too is left. Returns how many events are gone; null: there is no such import.
 */
export async function undoImport(
  importId: number,
  actor: AuditActor = host,
): Promise<number | null> {
  return transaction(
    async (tx) => {
      // For a page too, whose statements end sooner.
      await tx.execute(`SET LOCAL statement_timeout = ${undoTimeoutMs}`)
      await tx.query(undoLock)
      const found = await tx.trailImport.findUnique({ where: { id: importId } })
      if (!found) return null
      const gone = await takeOut(tx, found)
      await tx.trailSetAside.deleteMany({ where: { importId } })
      await tx.trailCoverage.deleteMany({ where: { source: importSource(importId).name } })
      await tx.trailImport.update({ where: { id: importId }, data: { undoneAt: new Date() } })
      await appendAudit(tx, {
        event: 'trail.importUndone',
        actor,
        data: { import: importId, what: found.what, events: gone },
      })
      return gone
    },
    { timeoutMs: undoTimeoutMs },
  )
}

type Brought = { id: number; earliest: Date | null; latest: Date | null }

async function takeOut(tx: Tx, { id, earliest, latest }: Brought): Promise<number> {
  const isOfImport = sql`imports @> ${[id]}::int[] AND occurred_at BETWEEN ${earliest} AND ${latest}`
  // First what it alone brought: another import that brings an event meanwhile is asked about again.
  const [row] = await tx.query<{ gone: number }>(
    sql`WITH gone AS (
        DELETE FROM trail.event WHERE ${isOfImport} AND cardinality(imports) = 1
        RETURNING account_id, event_id, region, occurred_at, is_use, read_only),
      marked AS (
        INSERT INTO trail.dirty_hour (account_id, region, hour)
        SELECT DISTINCT account_id, region, date_trunc('hour', occurred_at, 'UTC') FROM gone),
      unmatched AS (
        INSERT INTO trail.unmatched (account_id, event_id, occurred_at)
        SELECT account_id, event_id, occurred_at FROM gone WHERE NOT is_use AND NOT read_only)
      SELECT count(*) AS gone FROM gone`,
  )
  await tx.execute(
    sql`UPDATE trail.event SET imports = array_remove(imports, ${id}::int)
     WHERE ${isOfImport} AND cardinality(imports) > 1`,
  )
  return row?.gone ?? 0
}
