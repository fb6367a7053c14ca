// npm run pictures: the pictures of the README, taken from the product as `npm start` runs
// it, into public/pictures/.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { chromium, type Browser, type Page } from '@playwright/test'
import pg from 'pg'
import { findChromium } from '../chromium'
import { dataDirOf } from '../../lib/launch/paths.mjs'
import { readRun } from '../../lib/launch/run-state.mjs'

const out = path.join(import.meta.dirname, '../../public/pictures')

async function signIn(page: Page, url: string, who = /^Sigrid Dahl/): Promise<void> {
  await page.goto(`${url}/sign-in`)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: who }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}

async function keyPath(databaseUrl: string, alias: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query<{ path: string }>(
    `SELECT concat_ws('/', '/keys', "accountId", region, "keyId") AS path FROM "Key" WHERE $1 = ANY(aliases)`,
    [alias],
  )
  await client.end()
  if (!rows[0]) throw new Error(`${alias} has not been swept yet: wait a minute and call again`)
  return rows[0].path
}

const state = readRun(dataDirOf())
if (!state) throw new Error('Start the product first: npm start')
/** A request like one of every week, asked for through the forms and waiting for its answer. */
async function askForGrant(browser: Browser, url: string, keyArn: string): Promise<string> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  for (const approver of [/^Amara Okafor/, /^Bilal Haddad/]) {
    await signIn(page, url, approver)
    await page.context().clearCookies()
  }
  await signIn(page, url, /^Tomasz Wrona/)
  await page.goto(`${url}/requests/new?kind=grant-create&key=${encodeURIComponent(keyArn)}`)
  await page.getByRole('radio', { name: /^Decrypt with an encryption context/ }).check()
  await page.getByRole('combobox', { name: 'Who' }).fill('arn:aws:iam::638820417753:root')
  await page.keyboard.press('Escape')
  await page.getByRole('textbox', { name: 'Key 1' }).fill('shipment')
  await page.getByRole('textbox', { name: 'Value 1' }).fill('reefer-7')
  await page.getByRole('radio', { name: 'Exactly this' }).check()
  await page
    .getByRole('textbox', { name: 'Justification' })
    .fill('The data team reads the temperatures of reefer 7 for the claim of a customer.')
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText(/is sent\./).waitFor()
  const { pathname } = new URL(page.url())
  await page.close()
  return pathname
}

const keyArnOf = (keyPage: string) => {
  const [, , account = '', region = '', keyId = ''] = keyPage.split('/')
  return `arn:aws:kms:${region}:${account}:key/${keyId}`
}
const browser = await chromium.launch(await findChromium())
const request = await askForGrant(
  browser,
  state.url,
  keyArnOf(await keyPath(state.database, 'alias/play/inert')),
)
const pictures = [
  { name: 'overview-light', path: '/', colorScheme: 'light' },
  { name: 'keys-light', path: '/keys', colorScheme: 'light' },
  { name: 'request-light', path: request, colorScheme: 'light', who: /^Amara Okafor/ },
  {
    name: 'key-access-dark',
    path: `${await keyPath(state.database, 'alias/payments/card-vault')}/access`,
    colorScheme: 'dark',
  },
] as const

mkdirSync(out, { recursive: true })
for (const { name, path: address, colorScheme, ...more } of pictures) {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    colorScheme,
    reducedMotion: 'reduce',
  })
  await signIn(page, state.url, 'who' in more ? more.who : undefined)
  await page.goto(`${state.url}${address}`)
  await page.waitForLoadState('networkidle')
  await page.screenshot({ path: path.join(out, `${name}.png`) })
  console.log(`public/pictures/${name}.png`)
  await page.close()
}
await browser.close()
