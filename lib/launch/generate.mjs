// `prisma generate` with no download: every prisma command first fetches the native schema engine
// unless this variable names an existing file. The `prisma-client` generator itself is JavaScript.
import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { withLock } from './lock.mjs'
import { installed, rootDir } from './paths.mjs'
import { Refusal, runMain } from './refusal.mjs'
import { hashOf, readStamp } from './stamp.mjs'

const output = path.join(rootDir, 'lib/db/generated')
const sources = ['prisma/schema', 'node_modules/prisma/package.json']

/** The environment in which a prisma command needs no network. */
export const prismaEnv = {
  PRISMA_SCHEMA_ENGINE_BINARY: path.join(rootDir, 'lib/db/no-schema-engine'),
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  CHECKPOINT_DISABLE: '1',
}

/**
 * Makes lib/db/generated when the schema or Prisma changed. @param {{ force?: boolean }} [options]
 */
export async function generateClient({ force = false } = {}) {
  const stampFile = path.join(output, 'stamp')
  const isCurrent = () => readStamp(stampFile) === hashOf(sources)
  if (!force && isCurrent()) return false
  return withLock(path.join(rootDir, 'node_modules/.claviger-generate.lock'), () => {
    if (!force && isCurrent()) return false
    const stamp = hashOf(sources)
    // A folder is not found without its name.
    const command = ['generate', '--schema', 'prisma/schema']
    const result = spawnSync(process.execPath, [installed('prisma/build/index.js'), ...command], {
      cwd: rootDir,
      encoding: 'utf8',
      env: { ...process.env, ...prismaEnv },
    })
    if (result.status !== 0)
      throw new Refusal(
        `The Prisma client could not be generated: ${(result.stderr || result.stdout || String(result.error)).trim()}`,
      )
    fs.writeFileSync(stampFile, stamp)
    return true
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await runMain(async () => {
    await generateClient({ force: true })
    console.log('lib/db/generated is made from prisma/schema.')
  })
}
