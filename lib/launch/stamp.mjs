import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import path from 'node:path'
import { rootDir } from './paths.mjs'

/** @param {string} where @returns {string[]} every file below, sorted */
function filesBelow(where) {
  const stat = fs.statSync(where, { throwIfNoEntry: false })
  if (!stat) return []
  if (stat.isFile()) return [where]
  return fs
    .readdirSync(where, { withFileTypes: true })
    .filter((entry) => entry.name !== 'generated' && entry.name !== 'node_modules')
    .flatMap((entry) => filesBelow(path.join(where, entry.name)))
    .sort()
}

/**
 * One hash over the contents of files and folders of the repository, so that work is redone
 * exactly when they changed.
 * @param {string[]} names relative to the root @param {(file: string) => boolean} [counts]
 */
export function hashOf(names, counts = () => true) {
  const hash = createHash('sha256')
  for (const file of names.flatMap((name) => filesBelow(path.join(rootDir, name))).filter(counts)) {
    hash
      .update(path.relative(rootDir, file))
      .update('\0')
      .update(fs.readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex')
}

/** @param {string} file */
export const readStamp = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '')
