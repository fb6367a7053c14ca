// npm run trail -- import PATH… | list | undo ID | retry | match: CloudTrail log files by hand.
// Whoever can run it can read the database anyway. Exit status 1: a file could not be read, or the
// command.
import { closeDatabase } from '../db/client'
import { findLogFiles } from './find-files'
import { importFiles, listImports, undoImport, type ImportProgress } from './import'
import { markAllMutations } from './mark-mutations'
import { recountHours } from './recount'
import { retrySetAside } from './retry'

const usage = `Usage: npm run trail -- import PATH…   .json and .json.gz files of CloudTrail, and folders
       npm run trail -- list            what was imported
       npm run trail -- undo ID         takes out what an import brought
       npm run trail -- retry           reads again what was set aside
       npm run trail -- match           finds out anew which change made what`

const number = (value: number) => value.toLocaleString('en')
const sayEveryMs = 2_000

const countsOf = ({ stored, setAside, tooOld }: Omit<ImportProgress, 'problems'>) =>
  [
    `${number(stored)} new events of KMS`,
    setAside > 0 && `${number(setAside)} records set aside`,
    tooOld > 0 && `${number(tooOld)} uses older than CLAVIGER_KEEP_TRAIL_USES_DAYS left out`,
  ]
    .filter(Boolean)
    .join(', ')

async function importPaths(paths: readonly string[]): Promise<number> {
  const files = await findLogFiles(paths)
  if (files.length === 0) {
    console.error('No .json or .json.gz files there.')
    return 1
  }
  let said = Date.now()
  const ended = await importFiles(paths.join(' '), files, (progress, problem) => {
    if (problem) console.error(`${problem.file} ${problem.problem}.`)
    if (Date.now() - said < sayEveryMs) return
    said = Date.now()
    const done = `${number(progress.files)} of ${number(files.length)} files`
    console.log(`${done}, ${number(progress.records)} records, ${countsOf(progress)}`)
  })
  const hours = await recountHours()
  const bad = ended.problems.length
  console.log(
    `Import ${ended.importId}: ${number(ended.files)} files, ${number(ended.records)} records, ` +
      `${countsOf(ended)}; ${number(hours)} hours counted` +
      (bad > 0 ? `; ${number(bad)} files with problems.` : '.'),
  )
  return bad > 0 ? 1 : 0
}

async function list(): Promise<number> {
  const imports = await listImports()
  if (imports.length === 0) console.log('Nothing was imported.')
  for (const one of imports) {
    const when = one.startedAt.toISOString().slice(0, 16).replace('T', ' ')
    const state = one.undoneAt ? 'undone' : one.endedAt ? 'done' : 'not ended'
    const count = `${number(one.files)} files, ${number(one.stored)} events`
    console.log(`${one.id}  ${when} UTC  ${state}  ${count}  ${one.what}`)
  }
  return 0
}

async function undo(id: string): Promise<number> {
  const gone = /^\d{1,9}$/.test(id) ? await undoImport(Number(id)) : null
  if (gone === null) {
    console.error(`There is no import ${id}: npm run trail -- list`)
    return 1
  }
  await recountHours()
  console.log(`${number(gone)} events of import ${id} are gone.`)
  return 0
}

async function run([command, ...rest]: string[]): Promise<number> {
  const [first] = rest
  if (command === 'import' && first !== undefined) return importPaths(rest)
  if (command === 'list' && first === undefined) return list()
  if (command === 'undo' && first !== undefined && rest.length === 1) return undo(first)
  if (command === 'retry' && first === undefined) {
    const { tried, taken } = await retrySetAside()
    await recountHours()
    console.log(`${number(tried)} records tried, ${number(taken)} are events now.`)
    return 0
  }
  if (command === 'match' && first === undefined) {
    console.log(
      `${number(await markAllMutations())} changes of keys are matched again by the worker.`,
    )
    return 0
  }
  console.error(usage)
  return 1
}

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await closeDatabase()
}
