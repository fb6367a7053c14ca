// One worker of the campaign of kills: the loop that does and undoes changes,
// and nothing else of a worker.
import { runLoop } from '../work/loop'
import { makeChangeLoop } from '../worker/changes'
import { randomUUID } from 'node:crypto'

const loop = makeChangeLoop(randomUUID())
console.log('ready')
await runLoop(
  { name: 'changes', everyMs: 200, run: (signal) => loop.claim(signal) },
  new AbortController().signal,
  (_name, _report, error) => {
    if (error) console.error(error)
  },
)
