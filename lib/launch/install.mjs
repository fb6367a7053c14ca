import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { withLock } from './lock.mjs'
import { rootDir } from './paths.mjs'
import { step } from './progress.mjs'
import { Refusal } from './refusal.mjs'
import { runTool, tailOf } from './run-tool.mjs'

/** @param {string} file */
const packagesOf = (file) => JSON.parse(fs.readFileSync(file, 'utf8')).packages

/**
 * Does node_modules hold what the lockfile says? npm writes its own list of what it installed last,
 * so a broken install has none.
 */
export function isInstalled(root = rootDir) {
  const listFile = path.join(root, 'node_modules/.package-lock.json')
  if (!fs.existsSync(listFile)) return false
  const there = packagesOf(listFile)
  return Object.entries(packagesOf(path.join(root, 'package-lock.json'))).every(
    ([where, wanted]) =>
      where === '' ||
      there[where]?.version === wanted.version ||
      (!there[where] && (wanted.optional || wanted.devOptional || wanted.peer)),
  )
}

/**
 * One install at a time of this checkout. It lies outside of it: npm empties node_modules, and the
 * data directory may be elsewhere.
 */
export function installLock(root = rootDir) {
  const which = createHash('sha256').update(root).digest('hex').slice(0, 16)
  return path.join(os.tmpdir(), `claviger-${process.getuid?.() ?? 'user'}-install-${which}.lock`)
}

/** `npm ci` when it is needed; install scripts stay off. */
export async function installPackages() {
  if (isInstalled()) return false
  return withLock(installLock(), async () => {
    if (isInstalled()) return false
    const npm = process.env.npm_execpath?.endsWith('.js')
      ? [process.execPath, process.env.npm_execpath]
      : ['npm']
    // with production here npm would leave out the compiler
    const { NODE_ENV: _, ...env } = process.env
    const { code, output } = await step('Installing packages from the npm registry (once)', () =>
      runTool(
        npm[0],
        [
          ...npm.slice(1),
          'ci',
          '--ignore-scripts',
          '--include=dev',
          '--no-audit',
          '--no-fund',
          '--loglevel=error',
        ],
        { env },
      ),
    )
    if (code !== 0)
      throw new Refusal(
        'The packages could not be installed. Check the network and the disk, then start ' +
          `again. npm said: ${tailOf(output, 12)}`,
      )
    return true
  })
}
