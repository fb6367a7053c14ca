// Circles of imports between files, over the paths that TypeScript itself resolves. An import of
// types counts too: files that need each other's types cannot be read, or moved, one by one.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'

/** What Next and Prisma write. */
const isGenerated = /\/(\.next[^/]*|lib\/db\/generated)\//

/** Returns the compiler's options and the files of the project, as tsconfig.json has them. */
function readProject(root) {
  const { config, error } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile)
  if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'))
  // tsconfig.json names no plain JavaScript, which imports as much as the rest
  const include = [...(config.include ?? ['**/*']), '**/*.mjs']
  return ts.parseJsonConfigFileContent({ ...config, include }, ts.sys, root)
}

/** @param {string} root @returns {Map<string, string[]>} each file with the files it imports */
export function readImports(root) {
  const { options, fileNames } = readProject(root)
  const files = new Set(fileNames.filter((file) => !isGenerated.test(file)))
  const cache = ts.createModuleResolutionCache(root, (name) => name, options)
  const resolve = (name, from) =>
    ts.resolveModuleName(name, from, options, ts.sys, cache).resolvedModule?.resolvedFileName
  return new Map(
    [...files].map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true)
      const found = importedFiles.map(({ fileName }) => resolve(fileName, file))
      return [file, found.filter((to) => to !== undefined && files.has(to))]
    }),
  )
}

/** Returns the shortest way along the imports from `start` back to itself, or null. */
function findWayBack(start, imports) {
  const cameFrom = new Map()
  const queue = [start]
  for (const file of queue) {
    for (const to of imports.get(file) ?? []) {
      if (to === start) return unwind(file, start, cameFrom)
      if (cameFrom.has(to)) continue
      cameFrom.set(to, file)
      queue.push(to)
    }
  }
  return null
}

function unwind(last, start, cameFrom) {
  const way = [last]
  while (way[0] !== start) way.unshift(cameFrom.get(way[0]))
  return way
}

/**
 * Returns a shortest circle through each file that lies on one, each circle once, as paths from
 * `root`.
 */
export function findCircles(root) {
  const imports = readImports(root)
  const told = new Set()
  const circles = []
  for (const file of imports.keys()) {
    const way = told.has(file) ? null : findWayBack(file, imports)
    if (!way) continue
    for (const step of way) told.add(step)
    circles.push([...way, file].map((step) => path.relative(root, step)).join(' -> '))
  }
  return circles
}
