// npm run bench -- boto3: another people's client against the sandbox. Needs python3 with boto3.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'

const here = import.meta.dirname
const sandbox = spawn(
  process.execPath,
  [
    ...['--import', 'tsx', path.join(here, '../sandbox/main.ts'), '--port', '0'],
    ...['--scenario', 'empty', '--trail-delay', '0'],
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
)
let status = 1
try {
  let address: string | undefined
  for await (const line of createInterface({ input: sandbox.stdout })) {
    address = /http:\/\/[\d.]+:\d+/.exec(line)?.[0]
    if (address) break
  }
  if (!address) throw new Error('the sandbox gave no address')
  status =
    spawnSync('python3', [path.join(here, 'boto3-client.py'), address], { stdio: 'inherit' })
      .status ?? 1
} finally {
  sandbox.kill('SIGTERM')
  await once(sandbox, 'exit')
}
process.exit(status)
