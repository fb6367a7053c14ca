import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'
import { policyTab } from './pages/policy'
import { expectAccessible } from './support/accessible'
import { query, type KnownKey } from './support/inventory'
import { dataAccount } from './support/people'

test.describe.configure({ timeout: 180_000 })

/** The demo's longest policy: two hundred principals. */
let lake: KnownKey

test.beforeAll(async () => {
  const find = () =>
    query<KnownKey>(
      `SELECT "arn", "accountId", "region", "keyId" FROM "Key"
        WHERE 'alias/lake/raw' = ANY("aliases") AND "policyHash" IS NOT NULL`,
    )
  await expect
    .poll(async () => (await find()).length, {
      timeout: 90_000,
      message: 'the policy of alias/lake/raw',
    })
    .toBe(1)
  const [key] = await find()
  if (!key) throw new Error('it was there a moment ago')
  lake = key
})

test.afterAll(async () => {
  await query(`DELETE FROM "PolicyVersion" WHERE "hash" = 'e2e-older'`)
  await query(`DELETE FROM "PolicyDocument" WHERE "hash" = 'e2e-older'`)
  await query(`DELETE FROM "PolicyDraft" WHERE "keyArn" = $1`, [lake.arn])
})

const statement = (more: object) =>
  JSON.stringify(
    {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*', ...more }],
    },
    null,
    2,
  )

test('a policy of two hundred principals is read in sentences, next to where they stand', async ({
  page,
  login,
}) => {
  await login(page, 'viewer')
  await page.goto(policyTab(page, lake).at(''))
  const branches = page.getByRole('region', { name: /Branches read/ })
  await expect(branches).toContainText('decrypt')
  await branches.getByRole('button', { name: /show in the document/ }).focus()
  await expect(page.locator('.claviger-lit').first()).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('textbox', { name: /^Key policy/ })).toBeFocused()
  await expect(page.getByText(/26,\d{3} of 32,768 bytes/).first()).toBeVisible()
  await expectAccessible(page)
  await page.goto(policyTab(page, lake).at('?view=document'))
  await expect(page.getByRole('textbox', { name: 'Key policy' })).toContainText('2012-10-17')
  await expectAccessible(page)
})

test('the impact of a draft that locks everyone out is shown, with the keyboard alone', async ({
  page,
  login,
}) => {
  await login(page, 'requester')
  const tab = policyTab(page, lake)
  await tab.beginDraft()
  await expect(page.getByText('Nobody would gain or lose anything.')).toBeVisible({
    timeout: 60_000,
  })
  await expect(page.getByText('The policy could still be changed')).toBeVisible()

  await tab.write(
    statement({ Principal: { AWS: 'arn:aws:iam::999988887777:root' }, Action: 'kms:Decrypt' }),
  )
  await expect(page.getByText('This would lock everyone out')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText(/External access opened to/)).toBeVisible()
  await expectAccessible(page)

  await tab.write(statement({ Principal: { AWS: `arn:aws:iam::${dataAccount}:root` } }))
  await expect(page.getByText('The policy could still be changed')).toBeVisible({ timeout: 60_000 })

  await tab.write('{ "Statement": [')
  await expect(page.getByText('KMS would refuse this document')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText('the draft cannot be read as a policy yet')).toBeVisible()

  await page.keyboard.press('Escape')
  await page.keyboard.press('Tab')
  await expect(tab.editor(), 'Tab leaves the editor').not.toBeFocused()
})

/**
 * The editor leaves an Enter to the text in the first 75 ms of a list (interactionDelay):
 * nobody could have seen it yet.
 */
async function complete(page: Page, option: RegExp): Promise<void> {
  await page.getByRole('option', { name: option }).first().waitFor()
  // eslint-disable-next-line no-restricted-syntax -- only time ends that delay; nothing shows it
  await page.waitForTimeout(300)
  await page.keyboard.press('Enter')
}

test('writing completes actions and principals of our accounts, and formats', async ({
  page,
  login,
}) => {
  await login(page, 'requester')
  const tab = policyTab(page, lake)
  await tab.beginDraft()
  await tab.write(
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":""},"Action":"","Resource":"*"}]}',
  )
  await page.keyboard.press('ControlOrMeta+Home')
  for (
    let i = 0;
    i < '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"'.length;
    i++
  )
    await page.keyboard.press('ArrowRight')
  await page.keyboard.type('etl-run')
  await complete(page, /etl-runner/)
  await expect(tab.editor()).toContainText(`arn:aws:iam::${dataAccount}:role/etl-runner`)
  for (let i = 0; i < '"},"Action":"'.length; i++) await page.keyboard.press('ArrowRight')
  await page.keyboard.type('kms:GenerateM')
  await complete(page, /kms:GenerateMac/)
  await expect(tab.editor()).toContainText('kms:GenerateMac')
  await page.getByRole('button', { name: 'Format' }).press('Enter')
  await expect(page.locator('.claviger-code .cm-line').first()).toHaveText('{')
})

test('a draft is its author’s to change, and others’ to read', async ({ page, login }) => {
  await login(page, 'requester')
  const tab = policyTab(page, lake)
  await tab.beginDraft()
  await page.getByLabel('Note').fill('Only for looking at')
  await expect(page.getByRole('status').filter({ hasText: /^saved/ })).toBeVisible({
    timeout: 30_000,
  })
  const address = page.url()

  await login(page, 'data-viewer')
  await page.goto(address)
  await expect(tab.editor()).toHaveAttribute('aria-readonly', 'true', { timeout: 60_000 })
  await expect(page.getByRole('button', { name: 'Delete' })).toHaveCount(0)
  await tab.open('draft')
  await expect(page.getByRole('link', { name: 'Only for looking at' }).first()).toBeVisible()
  await expect(page.getByRole('button', { name: 'New draft' })).toHaveCount(0)

  await login(page, 'requester')
  await page.goto(address)
  await page.getByRole('button', { name: 'Delete' }).press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete the draft' }).press('Enter')
  await expect(page.getByText('The draft is deleted.')).toBeVisible()
  await page.goto(address)
  await expect(page.getByText('There is no such draft of this key.')).toBeVisible({
    timeout: 60_000,
  })
})

test('two versions are compared in text and in impact', async ({ page, login }) => {
  const older = statement({ Principal: { AWS: 'arn:aws:iam::999988887777:root' } })
  await query(
    `INSERT INTO "PolicyDocument" ("hash", "text") VALUES ('e2e-older', $1) ON CONFLICT DO NOTHING`,
    [older],
  )
  await query(
    `INSERT INTO "PolicyVersion" ("id", "keyArn", "hash", "firstSeenAt", "lastSeenAt")
      VALUES (0, $1, 'e2e-older', now() - interval '2 days', now() - interval '1 day')
      ON CONFLICT DO NOTHING`,
    [lake.arn],
  )
  await login(page, 'viewer')
  await page.goto(policyTab(page, lake).at('?view=history'))
  await expect(page.getByText('External access closed for')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText('What changed in the text')).toBeVisible()
  await expect(page.locator('.cm-merge-a')).toContainText('999988887777')
  await expectAccessible(page)
  await page.setViewportSize({ width: 375, height: 812 })
  await expect(page.locator('.cm-deletedChunk').first()).toBeVisible()
  await expectAccessible(page)
})
