import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'

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
 * Chromium in an npm package (Linux x64): for machines with neither a browser
 * nor a way to download one.
 */
async function findPackaged(): Promise<string | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null
  const packaged = await import('@sparticuz/chromium').catch(() => null) // an optional dependency
  return packaged ? packaged.default.executablePath() : null
}

/**
 * A browser for the tests; throws one line that says how to get one. Its sandbox is off for root
 * only, as Chromium demands.
 */
export async function findChromium(): Promise<{ executablePath: string; args: string[] }> {
  const named = process.env.CHROMIUM_PATH
  if (named && !existsSync(named)) throw new Error(`CHROMIUM_PATH=${named} does not exist.`)
  const executablePath =
    [named, chromium.executablePath(), ...systemBrowsers].find(
      (path) => path && existsSync(path),
    ) ?? (await findPackaged())
  if (!executablePath)
    throw new Error(
      'No Chromium for the browser tests: install one (apt-get install chromium, or npx ' +
        'playwright install chromium) or name one in CHROMIUM_PATH.',
    )
  return { executablePath, args: process.getuid?.() === 0 ? [...quiet, '--no-sandbox'] : quiet }
}
