/** Imports of CloudTrail log files by a browser: a file a request, each read as it comes. */
import 'server-only'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { db, sql, transaction } from '../db/client'
import { AppError } from '../errors'
import { storableText } from '../storable'
import { listImports, problemOf, shownProblems, undoImport } from './import'
import { Ingest } from './ingest'
import { readLog } from './read-file'
import { importSource } from './write'

type Permitted = Permit<'trail.manage'>

const dayMs = 86_400_000
/** CloudTrail writes 50 MB; beyond this a file is not unfolded. */
const mostBytes = 1_073_741_824

/** Opens an import, which files are then sent to. */
export async function startUpload(
  { actor }: Permitted,
  { what }: { what: string },
): Promise<{ importId: number }> {
  return transaction(async (tx) => {
    const { id } = await tx.trailImport.create({ data: { what, byName: actor.name } })
    await appendAudit(tx, {
      event: 'trail.importStarted',
      actor,
      data: { import: id, what },
    })
    return { importId: id }
  })
}

export type UploadedFile = {
  records: number
  stored: number
  setAside: number
  tooOld: number
  /** As the end of a sentence about the file; null: nothing. */
  problem: string | null
}

/**
 * Stores what a file holds, each event once. It is never in memory as a whole; what stands before a
 * break is taken.
 * @throws AppError not_found, conflict
 */
export async function takeUpload(
  _permit: Permitted,
  { importId, name }: { importId: number; name: string },
  body: AsyncIterable<Uint8Array>,
): Promise<UploadedFile> {
  const found = await db.trailImport.findUnique({ where: { id: importId } })
  if (!found) throw new AppError('not_found', 'There is no such import.')
  if (found.endedAt || found.undoneAt)
    throw new AppError('conflict', 'This import has ended. Begin another one.')
  const ingest = new Ingest(importSource(importId), { notAfterMs: Date.now() + dayMs })
  const read = await readLog(body, (records) => ingest.take(records, name), { mostBytes })
  await ingest.flush()
  const problem = problemOf(read)
  await note(importId, read.records, problem && { file: name, problem })
  return { records: read.records, ...ingest.counts, problem }
}

async function note(id: number, records: number, problem: object | '' | null): Promise<void> {
  const problems = JSON.stringify(problem ? [problem] : [])
  await sql.execute(
    sql`UPDATE "TrailImport" SET "files" = "files" + 1, "records" = "records" + ${records},
       "problems" = CASE WHEN jsonb_array_length("problems") < ${shownProblems}
         THEN "problems" || ${storableText(problems)}::jsonb ELSE "problems" END
     WHERE "id" = ${id}`,
  )
}

/** Ends an import: no file is taken into it any more. */
export async function endUpload(
  { actor }: Permitted,
  { importId }: { importId: number },
): Promise<void> {
  await transaction(async (tx) => {
    const [ended] = await tx.query<{ what: string; files: number; records: number }>(
      sql`UPDATE "TrailImport" SET "endedAt" = now() WHERE "id" = ${importId}
         AND "endedAt" IS NULL AND "undoneAt" IS NULL
       RETURNING "what", "files", "records", "stored", "setAside", "tooOld",
         jsonb_array_length("problems") AS "badFiles"`,
    )
    if (!ended) throw new AppError('conflict', 'This import has ended already.')
    await appendAudit(tx, {
      event: 'trail.imported',
      actor,
      data: { import: importId, ...ended },
    })
  })
}

/** Takes out what an import alone brought. */
export async function undoUpload(
  { actor }: Permitted,
  { importId }: { importId: number },
): Promise<{ events: number }> {
  const events = await undoImport(importId, actor)
  if (events === null) throw new AppError('not_found', 'There is no such import.')
  return { events }
}

export type ImportRow = {
  id: number
  what: string
  byName: string
  startedAt: string
  state: 'running' | 'done' | 'undone'
  files: number
  records: number
  stored: number
  setAside: number
  tooOld: number
  problems: { file: string; problem: string }[]
}

/** Imports of the command line and of pages, newest first. */
export async function readImports(_permit: Permitted): Promise<ImportRow[]> {
  const rows = await listImports()
  return rows.map((row) => ({
    id: row.id,
    what: row.what,
    byName: row.byName,
    startedAt: row.startedAt.toISOString(),
    state: row.undoneAt ? 'undone' : row.endedAt ? 'done' : 'running',
    files: row.files,
    records: row.records,
    stored: row.stored,
    setAside: row.setAside,
    tooOld: row.tooOld,
    problems: problemsIn(row.problems),
  }))
}

function problemsIn(value: unknown): ImportRow['problems'] {
  const isProblem = (one: unknown): one is ImportRow['problems'][number] =>
    typeof one === 'object' && one !== null && 'file' in one && 'problem' in one
  return Array.isArray(value) ? value.filter(isProblem) : []
}
