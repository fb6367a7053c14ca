// npm run pictures: the pictures of the README, taken from the product as `npm start` runs it, into public/pictures/.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { chromium, type Page } from '@playwright/test'
import pg from 'pg'
import { findChromium } from '../chromium'
import { dataDirOf } from '../../lib/launch/paths.mjs'
import { readRun } from '../../lib/launch/run-state.mjs'

const out = path.join(import.meta.dirname, '../../public/pictures')

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/sign-in`)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: /^Sigrid Dahl/ }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}

async function keyPath(databaseUrl: string, alias: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query<{ path: string }>(`SELECT concat_ws('/', '/keys', "accountId", region, "keyId") AS path FROM "Key" WHERE $1 = ANY(aliases)`, [alias])
  await client.end()
  if (!rows[0]) throw new Error(`${alias} has not been swept yet: wait a minute and call again`)
  return rows[0].path
}

const state = readRun(dataDirOf())
if (!state) throw new Error('Start the product first: npm start')
const pictures = [
  { name: 'overview-light', path: '/', colorScheme: 'light' },
  { name: 'keys-light', path: '/keys', colorScheme: 'light' },
  { name: 'key-access-dark', path: `${await keyPath(state.database, 'alias/payments/card-vault')}/access`, colorScheme: 'dark' },
] as const

mkdirSync(out, { recursive: true })
const browser = await chromium.launch(await findChromium())
for (const { name, path: address, colorScheme } of pictures) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme, reducedMotion: 'reduce' })
  await signIn(page, state.url)
  await page.goto(`${state.url}${address}`)
  await page.waitForLoadState('networkidle')
  await page.screenshot({ path: path.join(out, `${name}.png`) })
  console.log(`public/pictures/${name}.png`)
  await page.close()
}
await browser.close()
