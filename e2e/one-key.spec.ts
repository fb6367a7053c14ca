import { createHash, createPublicKey } from 'node:crypto'
import { expect, test } from './fixtures'
import { expectAccessible } from './support/accessible'
import { query } from './support/inventory'

test.describe.configure({ timeout: 150_000 })

type Found = { accountId: string; region: string; keyId: string }

/** A key of the demo by what it is; waits for the first sync. */
async function findKey(condition: string): Promise<string> {
  const find = () =>
    query<Found>(
      `SELECT "accountId", "region", "keyId" FROM "Key" WHERE "goneAt" IS NULL AND ${condition} ORDER BY "arn" LIMIT 1`,
    )
  await expect
    .poll(async () => (await find()).length, { timeout: 100_000, message: condition })
    .toBe(1)
  const [key] = await find()
  if (!key) throw new Error('it was there a moment ago')
  return `/keys/${key.accountId}/${key.region}/${key.keyId}`
}

test('every tab of a key opens by its own address, and the tabs lead to each other', async ({
  page,
  login,
}) => {
  await login(page, 'viewer')
  const key = await findKey(
    `scope = 'primary' AND "keyState" = 'Enabled' AND "grantsAt" IS NOT NULL AND "rotationsAt" IS NOT NULL`,
  )
  await page.goto(key)
  for (const [tab, sign] of [
    ['Access', 'Who can do what'],
    ['Grants', 'Grants'],
    ['Material & rotation', 'Key materials'],
    ['Multi-Region', 'Members of the set'],
    ['Raw', 'KeyMetadata, as DescribeKey gave it'],
  ] as const) {
    await page.getByRole('tab', { name: tab, exact: true }).click()
    await expect(page.getByRole('heading', { name: sign }).first()).toBeVisible()
  }
  await page.goBack()
  await expect(page.getByRole('heading', { name: 'Members of the set' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Members of the set' })).toBeVisible()
})

test('a public key is shown and downloaded as PEM and DER; a symmetric key says why it has none', async ({
  page,
  login,
}) => {
  await login(page, 'viewer')
  const key = await findKey(
    `"keySpec" = 'RSA_2048' AND "keyState" = 'Enabled' AND "keyManager" = 'CUSTOMER'`,
  )
  await page.goto(`${key}/public-key`)
  await expect(page.getByRole('region', { name: 'Public key, PEM' })).toContainText(
    '-----BEGIN PUBLIC KEY-----',
  )
  const pem = await (await page.request.get(`/api${key}/public-key?format=pem`)).text()
  const der = await (await page.request.get(`/api${key}/public-key?format=der`)).body()
  const parsed = createPublicKey(pem)
  expect(parsed.asymmetricKeyDetails?.modulusLength).toBe(2048)
  const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  expect(digest(der)).toBe(digest(parsed.export({ type: 'spki', format: 'der' })))

  await page.goto(
    `${await findKey(`"keySpec" = 'SYMMETRIC_DEFAULT' AND "keyManager" = 'CUSTOMER'`)}/public-key`,
  )
  await expect(page.getByText('is symmetric: it has no public key')).toBeVisible()
})

test('a key that hides from our role is listed, and what we may not read is unknown, not empty', async ({
  page,
  login,
}) => {
  await login(page, 'viewer')
  const key = await findKey(`problems ? 'describe'`)
  await page.goto(key)
  await expect(page.getByText('Access denied: Claviger cannot read this key')).toBeVisible()
  await expect(page.getByText('unknown', { exact: true }).first()).toBeVisible()
  await page.goto(`${key}/grants`)
  await expect(page.getByText('This key has no grants.')).toHaveCount(0)
})

test('a key in trouble says so above every tab, with what to do', async ({ page, login }) => {
  await login(page, 'requester')
  const troubles = [
    [
      `"keyState" = 'Disabled' AND "keyManager" = 'CUSTOMER'`,
      'KMS refuses every use of this key until it is enabled',
      'Enable…',
    ],
    [`"keyState" = 'PendingDeletion'`, 'KMS deletes it', 'Cancel deletion…'],
    [`"keyState" = 'PendingImport'`, 'Import the same key material again', null],
    [`"keyState" = 'Unavailable'`, 'Reconnect the store', null],
  ] as const
  for (const [condition, words, offer] of troubles) {
    const key = await findKey(condition)
    for (const tab of ['', '/policy', '/material']) {
      await page.goto(`${key}${tab}`)
      await expect(page.getByText(words)).toBeVisible()
      if (offer) await expect(page.getByRole('link', { name: offer })).toBeVisible()
    }
  }
  await page.goto(`${await findKey(`origin = 'EXTERNAL' AND "keyState" = 'Enabled'`)}/material`)
  await expect(page.getByText('Imported key material is not rotated by schedule')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Enable rotation…' })).toHaveCount(0)
})

test('access says why, with the statement that decides', async ({ page, login }) => {
  await login(page, 'viewer')
  const key = await findKey(`aliases[1] = 'alias/payments/card-vault' AND "grantsAt" IS NOT NULL`)
  const inputs = `SELECT 1 FROM "IamEntity" i, "OrganizationPolicy" p WHERE i."accountId" = $1 LIMIT 1`
  await expect
    .poll(async () => (await query(inputs, [key.split('/')[2]])).length, { timeout: 60_000 })
    .toBe(1)
  await page.goto(`${key}/access`)
  await page.getByRole('searchbox', { name: 'Find a principal' }).fill('payments-api')
  await page.getByRole('button', { name: /^Decrypt, payments-api: yes/ }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('Allowed', { exact: false }).first()).toBeVisible()
  await expect(dialog.locator('mark').first()).toContainText('"Allow"')
})

test('an account outside the scope has no keys, in the same words as a key that does not exist', async ({
  page,
  login,
}) => {
  const key = await findKey(`"accountId" = '527461390288' AND "keyManager" = 'CUSTOMER'`)
  await login(page, 'data-viewer')
  for (const address of [
    key,
    `${key}/policy`,
    '/keys/527461390288/eu-west-1/00000000-0000-0000-0000-000000000000',
  ]) {
    await page.goto(address)
    await expect(page.getByText('There is no such key in the accounts you may see')).toBeVisible()
  }
  expect((await page.request.get(`/api${key}/access`)).status()).toBe(404)
})

for (const tab of ['', '/access', '/grants', '/material', '/multi-region', '/raw']) {
  test(`a key is accessible in light and dark: ${tab || 'overview'}`, async ({ page, login }) => {
    await login(page, 'viewer')
    await page.goto(
      `${await findKey(`scope = 'primary' AND "keyState" = 'Enabled' AND "grantsAt" IS NOT NULL`)}${tab}`,
    )
    await page.waitForLoadState('networkidle')
    await expectAccessible(page, tab)
  })
}
