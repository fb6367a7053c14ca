import * as fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { generateClient } from './generate.mjs'
import { installPackages } from './install.mjs'
import { withLock } from './lock.mjs'
import { installed, rootDir } from './paths.mjs'
import { step } from './progress.mjs'
import { Refusal, runMain } from './refusal.mjs'
import { runTool, tailOf } from './run-tool.mjs'
import { hashOf, readStamp } from './stamp.mjs'

/** The stamp lies in the build it describes, so that removing one removes the other. */
const stampFile = path.join(rootDir, '.next/claviger-stamp')
const sources = [
  'app',
  'components',
  'lib',
  'public',
  'prisma/schema',
  'proxy.ts',
  'next.config.ts',
  'tsconfig.json',
  'package-lock.json',
]
const outside = /^lib\/(sandbox|launch|bench|worker)\/|\.test\.tsx?$/

const hashSources = () => hashOf(sources, (file) => !outside.test(path.relative(rootDir, file)))
export const isBuilt = () =>
  fs.existsSync(path.join(rootDir, '.next/BUILD_ID')) && readStamp(stampFile) === hashSources()

/**
 * `next build`, only when a source changed since the last.
 * @returns {Promise<{ built: boolean, output: string }>}
 */
export async function buildWeb({ force = false } = {}) {
  if (!force && isBuilt()) return { built: false, output: '' }
  return withLock(path.join(rootDir, 'node_modules/.claviger-build.lock'), async () => {
    if (!force && isBuilt()) return { built: false, output: '' }
    const stamp = hashSources()
    fs.rmSync(stampFile, { force: true })
    const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }
    const { code, output } = await runTool(
      process.execPath,
      [installed('next/dist/bin/next'), 'build'],
      { env },
    )
    if (code !== 0) throw new BuildFailure(output)
    fs.writeFileSync(stampFile, stamp)
    return { built: true, output }
  })
}

/** A refusal that shows the compiler's words on lines of their own. */
export class BuildFailure extends Refusal {
  /** @param {string} output */
  constructor(output) {
    super('The web server could not be built: the messages above say where.')
    this.output = output
  }
}

/** The build with progress shown, for a person. */
export async function buildForPeople(options) {
  if (!options?.force && isBuilt()) return
  try {
    await step('Building the web server (once per version)', () => buildWeb(options))
  } catch (error) {
    if (error instanceof BuildFailure) console.error(tailOf(error.output, 60))
    throw error
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await runMain(async () => {
    await installPackages()
    await generateClient()
    await buildForPeople({ force: true })
  })
}
