import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import type { Page } from '@playwright/test'
import { makeTempDir } from '../lib/launch/paths.mjs'
import { removeAtEnd } from '../lib/launch/processes.mjs'
import { expect, test } from './fixtures'
import { product } from './product'
import {
  hostCredentials,
  startFurtherProduct,
  type FurtherProduct,
} from './support/further-product'
import { query, type KnownKey } from './support/inventory'
import { dataAccount } from './support/people'
import { sessionOf } from './support/session'

/** Accounts reach the console in four ways, and every page must work with each. */
const pageAccount = '527461390288'
const loneAccount = '999988887777'
const roleOf = (id: string) => `arn:aws:iam::${id}:role/ClavigerRead`
let byFile: FurtherProduct
let alone: FurtherProduct

test.describe.configure({ timeout: 240_000 })

test.beforeAll(async () => {
  test.setTimeout(240_000) // two more starts, beside whatever else this machine does
  const file = path.join(removeAtEnd(makeTempDir('accounts-file')), 'accounts.json')
  const region = 'eu-central-1'
  const account = { id: dataAccount, name: 'data', readRoleArn: roleOf(dataAccount) }
  writeFileSync(file, JSON.stringify([{ ...account, regions: [region] }]))
  const credentials = { accessKeyId: loneAccount, secretAccessKey: 'any' }
  const endpoint = product.sandboxUrl
  await new KMSClient({ endpoint, region: 'eu-west-1', credentials }).send(new CreateKeyCommand({}))
  const host = await hostCredentials()
  const started = await Promise.all([
    startFurtherProduct(host, { CLAVIGER_ACCOUNTS_FILE: file }),
    startFurtherProduct(credentials),
  ])
  byFile = started[0]
  alone = started[1]
})

test.afterAll(() => Promise.all([byFile, alone].map((further) => further?.stop())))

type Console = { url: string; query: FurtherProduct['query'] }

async function signIn(page: Page, url: string) {
  await page.context().clearCookies()
  await page.context().addCookies((await sessionOf('admin', url)).cookies)
}

async function someKey({ query: ask }: Console, accountId: string): Promise<KnownKey> {
  const find = () =>
    ask<KnownKey>(
      `SELECT "arn", "accountId", "region", "keyId" FROM "Key"
     WHERE "accountId" = $1 AND "keyManager" = 'CUSTOMER' AND "policyHash" IS NOT NULL
     ORDER BY "arn" LIMIT 1`,
      [accountId],
    )
  await expect.poll(async () => (await find()).length, { timeout: 120_000 }).toBe(1)
  const [key] = await find()
  if (!key) throw new Error('it was there a moment ago')
  return key
}

/** The pages that people live on, each with its heading and without a failure. */
async function walk(page: Page, { url }: Console, { accountId, region, keyId }: KnownKey) {
  const key = `/keys/${accountId}/${region}/${keyId}`
  const paths = [
    '/',
    '/keys',
    key,
    `${key}/access`,
    `${key}/grants`,
    '/accounts',
    `/accounts/${accountId}`,
    '/grants',
    '/access',
    '/access/external',
  ]
  for (const each of paths) {
    const answer = await page.goto(`${url}${each}`)
    expect(answer?.status(), each).toBe(200)
    await expect(page.getByRole('heading', { level: 1 }).first(), each).toBeVisible()
    await expect(page.locator('[data-failure]'), each).toHaveCount(0)
  }
}

const main: Console = {
  get url() {
    return product.url
  },
  query,
}

test('accounts of the organization', async ({ page }) => {
  await signIn(page, main.url)
  await walk(page, main, await someKey(main, dataAccount))
})

test('accounts of a file', async ({ page }) => {
  await signIn(page, byFile.url)
  await walk(page, byFile, await someKey(byFile, dataAccount))
  await page.goto(`${byFile.url}/accounts`)
  const row = page.getByRole('row').filter({ hasText: dataAccount })
  await expect(row).toContainText('accounts file')
  await expect(row).toContainText(/o-[a-z0-9]+/)
})

test('an account added on the page', async ({ page }) => {
  await signIn(page, byFile.url)
  await page.goto(`${byFile.url}/accounts`)
  await page.getByRole('button', { name: 'Add account' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Account id').fill(pageAccount)
  await dialog.getByLabel('Name').fill('by hand')
  await dialog.getByLabel('Read role ARN').fill(roleOf(pageAccount))
  await dialog.getByLabel('Regions').fill('eu-central-1')
  await dialog.getByRole('button', { name: 'Add and test' }).click()
  await expect(page.getByRole('row').filter({ hasText: pageAccount })).toContainText('added here')
  await walk(page, byFile, await someKey(byFile, pageAccount))
})

test('one account alone: access is certain, and a statement stands where AWS says nothing', async ({
  page,
}) => {
  await signIn(page, alone.url)
  const key = await someKey(alone, loneAccount)
  const { accountId, region, keyId } = key
  const access = `${alone.url}/api/keys/${accountId}/${region}/${keyId}/access`
  const cells = async () => {
    const { rows } = (await (await page.request.get(access)).json()) as {
      rows: { id: string; cells: Record<string, string> }[]
    }
    return rows.find(({ id }) => id.endsWith(':user/admin'))?.cells.decrypt
  }
  await expect.poll(cells, { timeout: 120_000 }).toBe('yes')
  await walk(page, alone, key)

  await alone.query(`UPDATE "Account" SET "noOrganizationAt" = NULL`)
  expect(await cells()).toBe('unknown')
  await page.goto(`${alone.url}/accounts`)
  await page.getByRole('button', { name: 'State: no organization' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('checkbox').click()
  await dialog.getByRole('button', { name: 'State', exact: true }).click()
  const row = page.getByRole('row').filter({ hasText: loneAccount })
  await expect(row).toContainText('stated by Sigrid Dahl')
  expect(await cells()).toBe('yes')
  await row.getByRole('button', { name: /^Actions for/ }).click()
  await page.getByRole('menuitem', { name: 'Withdraw: no organization' }).click()
  await expect(row).toContainText('Unknown')
  expect(await cells()).toBe('unknown')
})
