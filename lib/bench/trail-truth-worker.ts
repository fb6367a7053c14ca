// A worker of the bench trail-truth: takes what its lines of stdin name, and says each that is stored.
// "file PATH" is imported, "page PATH" comes as from LookupEvents; a recount goes on beside it.
import { createInterface } from 'node:readline'
import { readFile } from 'node:fs/promises'
import { importFiles } from '../trail/import'
import { Ingest } from '../trail/ingest'
import { recountHours } from '../trail/recount'

const lookup = new Ingest({ name: 'lookup', importId: null }, {})
/** Each file touches all hours: to count them after each would be most of the work. */
const linesForCount = 10
let lines = 0
console.log('ready')
for await (const line of createInterface({ input: process.stdin })) {
  const [kind, file = ''] = line.split(' ')
  if (kind === 'file') await importFiles(file, [file], () => {})
  else {
    const records: string[] = JSON.parse(await readFile(file, 'utf8'))
    await lookup.take(records, 'LookupEvents')
    await lookup.flush()
  }
  lines += 1
  if (lines % linesForCount === 0) await recountHours()
  console.log(`done ${line}`)
}
