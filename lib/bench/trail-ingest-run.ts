// One measurement of the bench trail-ingest, in a process of its own: CPU and memory of nothing else.
//   trail-ingest-run.ts plain|ingest FOLDER
// `plain`: gunzip and JSON.parse of each file. `ingest`: what npm run trail -- import does.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { findLogFiles } from '../trail/find-files'

const [mode, dir = ''] = process.argv.slice(2)
const files = await findLogFiles([dir])
let mostBytes = 0
const sampled = setInterval(() => {
  mostBytes = Math.max(mostBytes, process.memoryUsage.rss())
}, 50)

async function ingest(): Promise<{ records: number; stored: number }> {
  const { importFiles } = await import('../trail/import')
  const { closeDatabase, db } = await import('../db/client')
  await db.trailImport.count()
  began = process.cpuUsage()
  const { records, stored } = await importFiles(dir, files, () => {})
  ended = process.cpuUsage(began)
  await closeDatabase()
  return { records, stored }
}

function plain(): { records: number; stored: number } {
  let records = 0
  began = process.cpuUsage()
  for (const file of files) {
    const parsed: { Records: unknown[] } = JSON.parse(gunzipSync(readFileSync(file)).toString())
    records += parsed.Records.length
  }
  ended = process.cpuUsage(began)
  return { records, stored: 0 }
}

let began = process.cpuUsage()
let ended = began
const counts = mode === 'ingest' ? await ingest() : plain()
clearInterval(sampled)
const cpuSeconds = (ended.user + ended.system) / 1_000_000
console.log(JSON.stringify({ ...counts, cpuSeconds, mostBytes }))
