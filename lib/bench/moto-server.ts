import { spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pickPort } from '../launch/ports.mjs'
import { spawnGuarded, type Guarded } from '../launch/processes.mjs'
import { tailOf } from '../launch/run-tool.mjs'

/** The release that the bench was written against: another one might lack other things. */
const wanted = 'moto[server]==5.2.5'

export type Moto = { endpoint: string; version: string; stop: () => Promise<void> }

/** A machine that cannot run the bench, in one line. */
export class Missing extends Error {}

/**
 * Starts moto's server in an environment of its own below `dir`, made at first use.
 * @throws Missing where python3, its venv or PyPI is not there
 */
export async function startMoto(dir: string): Promise<Moto> {
  const bin = install(path.join(dir, 'moto'))
  const port = await pickPort(0)
  const server = spawnGuarded(
    path.join(bin, 'moto_server'),
    ['-H', '127.0.0.1', '-p', String(port)],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const endpoint = `http://127.0.0.1:${port}`
  await waitUntilItAnswers(endpoint, server)
  const shown = spawnSync(
    path.join(bin, 'python'),
    ['-c', 'import moto; print(moto.__version__)'],
    {
      encoding: 'utf8',
    },
  )
  return { endpoint, version: shown.stdout.trim(), stop: () => server.stop() }
}

function install(home: string): string {
  const bin = path.join(home, 'bin')
  if (existsSync(path.join(bin, 'moto_server'))) return bin
  const python = spawnSync('python3', ['--version'], { encoding: 'utf8' })
  if (python.status !== 0) throw new Missing('python3 is missing: moto is a program in Python.')
  const made = spawnSync('python3', ['-m', 'venv', home], { encoding: 'utf8' })
  if (made.status !== 0) {
    const why = tailOf(made.stderr || made.stdout, 1)
    throw new Missing(`python3 -m venv fails (${why}): install python3-venv and pip.`)
  }
  const got = spawnSync(path.join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', wanted], {
    encoding: 'utf8',
  })
  if (got.status !== 0) {
    throw new Missing(`pip cannot install ${wanted}: ${tailOf(got.stderr || got.stdout, 1)}`)
  }
  return bin
}

async function waitUntilItAnswers(endpoint: string, server: Guarded): Promise<void> {
  let said = ''
  const child: ChildProcess = server.child
  child.stderr?.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-2_000)
  })
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(100)) {
    if (child.exitCode !== null) throw new Missing(`moto ended at once: ${tailOf(said, 1)}`)
    const answer = await fetch(`${endpoint}/moto-api/`).catch(() => null)
    if (answer?.ok) return
  }
  throw new Error('moto does not answer')
}
