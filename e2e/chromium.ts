import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
} from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'
import { chromium } from '@playwright/test'
import { rootDir } from '../lib/launch/paths.mjs'

const systemBrowsers = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * The headless shell of Chromium in an npm package (Linux x64), unpacked once. A page costs it half of
 * what it costs a browser that could also show itself, as most of a Linux distribution do; and where
 * there is neither a browser nor a way to download one, it is there.
 */
async function findPackaged(): Promise<string | null> {
  const home = path.join(rootDir, 'node_modules/@sparticuz/chromium') // an optional dependency
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(home)) return null
  const { version } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8')) as {
    version: string
  }
  const unpacked = path.join(rootDir, 'node_modules/.cache/claviger-chromium', version)
  if (existsSync(unpacked)) return unpacked
  mkdirSync(path.dirname(unpacked), { recursive: true })
  const part = `${unpacked}.${process.pid}`
  await pipeline(
    createReadStream(path.join(home, 'bin/chromium.br')),
    createBrotliDecompress(),
    createWriteStream(part, { mode: 0o755 }),
  )
  renameSync(part, unpacked) // whole or not there, whoever else unpacks it meanwhile
  return unpacked
}

/**
 * A browser for the tests; throws one line that says how to get one. Its sandbox is off for root
 * only, as Chromium demands.
 */
export async function findChromium(): Promise<{ executablePath: string; args: string[] }> {
  const named = process.env.CHROMIUM_PATH
  if (named && !existsSync(named)) throw new Error(`CHROMIUM_PATH=${named} does not exist.`)
  const known = [named, chromium.executablePath()].find((file) => file && existsSync(file))
  const executablePath =
    known ?? (await findPackaged()) ?? systemBrowsers.find((file) => existsSync(file))
  if (!executablePath)
    throw new Error(
      'No Chromium for the browser tests: install one (apt-get install chromium, or npx ' +
        'playwright install chromium) or name one in CHROMIUM_PATH.',
    )
  return { executablePath, args: process.getuid?.() === 0 ? [...quiet, '--no-sandbox'] : quiet }
}
