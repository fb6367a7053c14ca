import { expect, test } from './fixtures'
import { expectAccessible } from './support/accessible'
import { query } from './support/inventory'

test.describe.configure({ timeout: 240_000 })

test('an account shows what could not be read, and what that costs', async ({ page, login }) => {
  await login(page, 'auditor')
  const denied = () =>
    query<{ accountId: string }>(
      `SELECT "accountId" FROM "Coverage" WHERE api = 'kms:ListGrants' AND status = 'denied' LIMIT 1`,
    )
  await expect.poll(async () => (await denied()).length, { timeout: 100_000 }).toBe(1)
  await page.goto(`/accounts/${(await denied())[0]?.accountId}`)
  const row = page.getByRole('row').filter({ hasText: 'kms:ListGrants' }).first()
  await expect(row).toContainText('Denied')
  await expect(row).toContainText('Access given by grants is invisible')
})

test('an account with hidden keys leads with them, and every number is the same', async ({
  page,
  login,
}) => {
  const prod = '527461390288'
  const hidden = () =>
    query(
      `SELECT 1 FROM "Coverage" WHERE "accountId" = $1 AND api = 'kms:ListGrants' AND status = 'partial'`,
      [prod],
    )
  await expect.poll(async () => (await hidden()).length, { timeout: 100_000 }).toBe(1)
  const unread = () =>
    query(
      `SELECT 1 FROM "Sweep" WHERE status IN ('queued', 'running')
         AND kind NOT IN ('lastUsage', 'lookup')`,
    )
  await expect.poll(async () => (await unread()).length, { timeout: 100_000 }).toBe(0)

  await login(page, 'auditor')
  await page.goto(`/accounts/${prod}`)
  const gaps = page.getByRole('table').first()
  await expect(page.getByRole('heading', { name: 'What could not be read (4)' })).toBeVisible()
  await expect(gaps.getByRole('row')).toHaveCount(1 + 4)
  const described = gaps.getByRole('row').filter({ hasText: 'kms:DescribeKey' })
  await expect(described).toContainText(/2 of \d+ keys/)
  await expect(described.getByRole('link', { name: 'board/minutes' })).toBeVisible()
  await expect(described.getByRole('link', { name: 'people/payroll' })).toBeVisible()
  // What went well is folded, and no column is cut off.
  await expect(page.getByRole('cell', { name: 'kms:ListKeys' })).toBeHidden()
  const widths = await gaps.evaluate((table) => [
    table.scrollWidth,
    table.parentElement?.clientWidth ?? 0,
  ])
  expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0)

  await page.goto('/accounts')
  const account = page.getByRole('row').filter({ hasText: prod })
  await expect(account.getByRole('link', { name: '4', exact: true })).toHaveAttribute(
    'href',
    `/accounts/${prod}`,
  )

  await page.goto('/')
  const tile = page.getByRole('link', { name: /^Access-denied reads: \d+$/ })
  const count = Number((await tile.getAttribute('aria-label'))?.split(': ')[1])
  await tile.click()
  await expect(page.getByRole('heading', { name: `Access-denied reads (${count})` })).toBeVisible()
  await expect(page.getByRole('table').first().getByRole('row')).toHaveCount(1 + count)

  for (const address of ['/keys', '/grants']) {
    await page.goto(address)
    await expect(page.getByText('Some facts could not be read from 2 accounts')).toBeVisible()
    await page.getByRole('button', { name: /^Some facts could not be read/ }).click()
    await expect(page.getByText(/kms:ListGrants was denied for 2 keys in 1 place/)).toContainText(
      'halden-prod',
    )
  }
})

test('the roles to deploy carry the ExternalId of this installation in all three forms', async ({
  page,
  login,
}) => {
  await login(page, 'admin')
  await page.goto('/accounts/roles')
  const text = page.getByRole('region', { name: /^ClavigerRead as/ })
  const externalId = /claviger-[0-9a-f-]{36}/
  await expect(text).toContainText(externalId)
  const [id] = externalId.exec((await text.textContent()) ?? '') ?? []
  for (const form of ['Terraform', 'JSON']) {
    await page
      .getByRole('toolbar', { name: 'Form of ClavigerRead' })
      .getByRole('button', { name: form })
      .click()
    await expect(text).toContainText(id ?? '')
    await expect(text).toContainText('sts:ExternalId')
  }
})

test('an account is tested, paused, resumed, and a stranger’s role is refused', async ({
  page,
  login,
}) => {
  await login(page, 'admin')
  await page.goto('/accounts')
  const row = page
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name: 'halden-security', exact: true }) })
  const act = async (name: string) => {
    await row.getByRole('button', { name: 'Actions for halden-security' }).click()
    await page.getByRole('menuitem', { name }).click()
  }
  await act('Test the connection')
  await expect(row).toContainText('answered')
  await act('Pause')
  await expect(row).toContainText('paused')
  await act('Resume')
  await expect(row).not.toContainText('paused')

  await page.getByRole('button', { name: 'Add account' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Account id').fill('111122223333')
  await dialog.getByLabel('Name').fill('elsewhere')
  await dialog.getByLabel('Read role ARN').fill('arn:aws:iam::444455556666:role/ClavigerRead')
  await dialog.getByRole('button', { name: 'Add and test' }).click()
  await expect(dialog).toContainText('is a role of account 444455556666, not of 111122223333')
})

test('someone who may not manage accounts is not offered it', async ({ page, login }) => {
  await login(page, 'viewer')
  await page.goto('/accounts')
  await expect(page.getByRole('heading', { name: /^Accounts/ })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Add account' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Refresh all' })).toHaveCount(0)
})

test('the write role is deployed with what a team wants of it, and not more', async ({
  page,
  login,
}) => {
  await login(page, 'admin')
  await page.goto('/accounts/roles')
  const text = page.getByRole('region', { name: /^ClavigerWrite as/ })
  await expect(text).toContainText('kms:ScheduleKeyDeletion')
  await page.getByRole('checkbox', { name: /^Deletion/ }).click()
  await expect(text).not.toContainText('kms:ScheduleKeyDeletion')
  await expect(text).toContainText('kms:CancelKeyDeletion')
  await page
    .getByRole('toolbar', { name: 'Form of ClavigerWrite' })
    .getByRole('button', { name: 'JSON' })
    .click()
  await expect(text).not.toContainText('kms:ScheduleKeyDeletion')
})

for (const address of [
  '/',
  '/accounts',
  '/accounts/roles',
  '/accounts/coverage',
  '/accounts/sweeps?q=iam',
  '/accounts/527461390288',
]) {
  test(`accessible in light and dark: ${address}`, async ({ page, login }) => {
    await login(page, 'admin')
    await page.goto(address)
    await page.waitForLoadState('networkidle')
    await expectAccessible(page, address)
  })
}
