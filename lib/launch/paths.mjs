import * as fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** The repository's root, wherever it was cloned to. */
export const rootDir = path.resolve(import.meta.dirname, '../..')

/** Where a run keeps what it leaves behind. @param {NodeJS.ProcessEnv} [env] */
export function dataDirOf(env = process.env) {
  return path.resolve(rootDir, env.CLAVIGER_DATA_DIR || '.claviger')
}

/**
 * Makes the data directory. As root it stays traversable, because the embedded PostgreSQL in it
 * runs as `nobody`; every secret in it has mode 0600 of its own.
 * @param {string} dir
 */
export function makeDataDir(dir) {
  fs.mkdirSync(dir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
  return dir
}

/**
 * A throw-away folder, traversable where root's PostgreSQL must reach into it. @param {string} name
 */
export function makeTempDir(name) {
  const dir = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), `claviger-${name}-`))
  if (process.getuid?.() === 0) fs.chmodSync(dir, 0o711)
  return dir
}

/**
 * The command line of something installed here, run by this very node.
 * @param {string} file below node_modules
 */
export const installed = (file) => path.join(rootDir, 'node_modules', file)
