import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'
import { keys, palette } from './pages/keys'
import { expectAccessible } from './support/accessible'
import { query, someKeyOf } from './support/inventory'
import { dataAccount } from './support/people'

test.describe.configure({ timeout: 120_000 })

/**
 * The first sweeps still go on while the product starts: numbers are compared once they have ended.
 */
async function openSettled(page: Page) {
  await someKeyOf(dataAccount)
  const running = () =>
    query(
      `SELECT 1 FROM "Sweep" WHERE status IN ('queued', 'running') AND kind IN ('regions', 'core')`,
    )
  await expect
    .poll(async () => (await running()).length, {
      timeout: 90_000,
      message: 'sweeps that still run',
    })
    .toBe(0)
  await keys(page).open()
}

test('a count narrows the table to what it counts, the address says so, and back takes it back', async ({
  page,
  login,
}) => {
  await login(page, 'viewer')
  await openSettled(page)
  const all = await keys(page).total()
  const disabled = await keys(page).count('Disabled')
  expect(disabled).toBeGreaterThan(0)
  expect(disabled).toBeLessThan(all)

  await keys(page).facet('Disabled').click()
  await expect(page).toHaveURL(/filter=state\.eq\.Disabled/)
  await expect.poll(() => keys(page).total()).toBe(disabled)
  await expect(keys(page).rows).toHaveCount(Math.min(disabled, 50))
  await page.reload()
  expect(await keys(page).total()).toBe(disabled)

  await page.goBack()
  await expect.poll(() => keys(page).total()).toBe(all)
})

test('text in the filter, an order and another column stand in the address a colleague can open', async ({
  page,
  browser,
  login,
}) => {
  await login(page, 'viewer')
  await openSettled(page)
  await keys(page).typeFilter('prod')
  await expect(page).toHaveURL(/filter=\*\.has\.prod/)
  await keys(page).sortBy('Region')
  await expect(page).toHaveURL(/sort=region/)
  const regions = () => keys(page).rows.locator('td:nth-child(3)').allInnerTexts()
  await expect
    .poll(
      async () =>
        (await regions()).join() === (await regions()).toSorted().join() &&
        (await regions()).length > 1,
    )
    .toBe(true)

  const colleague = await (await browser.newContext()).newPage()
  await login(colleague, 'auditor')
  await colleague.goto(page.url())
  expect(await keys(colleague).total()).toBe(await keys(page).total())
  await colleague.context().close()
})

test('what the address says and the table does not understand is named', async ({
  page,
  login,
}) => {
  await login(page, 'viewer')
  await keys(page).open('filter=colour.eq.blue')
  await expect(page.getByText('there is no property "colour" here')).toBeVisible()
})

test('nothing matches, a failed read and a page behind the end look different', async ({
  page,
  login,
}) => {
  await login(page, 'viewer')
  await openSettled(page)
  await keys(page).open('filter=alias.has.no-such-alias')
  await expect(page.getByText('Nothing matches this filter')).toBeVisible()
  await page.getByRole('button', { name: 'Clear the filter' }).click()
  await expect.poll(() => keys(page).rows.count()).toBeGreaterThan(0)

  await keys(page).open('page=99999')
  await expect(page.getByText('This page is behind the last row')).toBeVisible()

  await keys(page).open()
  await page.route(/\/api\/keys\?/, (request) =>
    request.fulfill({
      status: 500,
      json: {
        error: {
          code: 'unexpected',
          message: 'Something failed on our side. Reference 8a1f.',
          ref: '8a1f',
        },
      },
    }),
  )
  await keys(page).facet('Enabled').click()
  await expect(page.locator('[data-failure=unexpected]')).toContainText('8a1f')
  await expect(page.getByText('Nothing matches this filter')).toHaveCount(0)
  await page.unroute(/\/api\/keys\?/)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect.poll(() => keys(page).rows.count()).toBeGreaterThan(0)
})

test('a view is kept for oneself, and shown to the team when one says so', async ({
  page,
  browser,
  login,
}) => {
  await login(page, 'auditor')
  await keys(page).open('filter=state.eq.PendingDeletion')
  await keys(page).saveView('Doomed keys', { shared: true })
  await keys(page).open('filter=state.eq.Disabled')
  await keys(page).saveView('Only mine')

  const colleague = await (await browser.newContext()).newPage()
  await login(colleague, 'data-viewer')
  await keys(colleague).open()
  await keys(colleague).openView('Doomed keys')
  await expect(colleague).toHaveURL(/state\.eq\.PendingDeletion/)
  await keys(colleague).openViews()
  await expect(colleague.getByRole('menuitem', { name: /Only mine/ })).toHaveCount(0)
  await colleague.context().close()
})

test('an export is what the table shows; who may not export is not offered it', async ({
  page,
  browser,
  login,
}) => {
  await login(page, 'auditor')
  await openSettled(page)
  await keys(page).facet('Disabled').click()
  await expect(page).toHaveURL(/Disabled/)
  const total = await keys(page).count('Disabled')
  await expect.poll(() => keys(page).total()).toBe(total)
  await page.getByRole('button', { name: 'Export' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /CSV/ }).click(),
  ])
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n')
  expect(lines[0]).toMatch(/^Key ARN,Alias,Account,Region,State/)
  expect(lines).toHaveLength(total + 1)

  const viewer = await (await browser.newContext()).newPage()
  await login(viewer, 'viewer')
  await keys(viewer).open()
  await expect(viewer.getByRole('button', { name: 'Export' })).toHaveCount(0)
  expect((await viewer.request.get('/api/keys?format=csv')).status()).toBe(403)
  await viewer.context().close()
})

test('someone of one account sees, counts, finds and filters nothing of another', async ({
  page,
  login,
}) => {
  await someKeyOf(dataAccount)
  const other = await query<{ accountId: string; keyId: string }>(
    `SELECT "accountId", "keyId" FROM "Key" WHERE "accountId" <> $1 LIMIT 1`,
    [dataAccount],
  )
  expect(other).toHaveLength(1)
  await login(page, 'data-viewer')
  for (const address of [
    '/api/keys',
    '/api/keys?filter=account.ne.0',
    `/api/keys?q=${other[0]?.keyId}`,
    '/api/grants',
    '/api/search?q=1',
    `/api/search?q=${other[0]?.keyId}`,
    '/api/keys/tags',
  ]) {
    const response = await page.request.get(address)
    expect(response.status(), address).toBe(200)
    // A grant of the own account may name a grantee elsewhere; a row, a key or a count of the
    // other account may not be there.
    expect(await response.text(), address).not.toMatch(
      new RegExp(`"(?:accountId|id|value)":"${other[0]?.accountId}"|:${other[0]?.accountId}:key/`),
    )
  }
})

test('quick search by keyboard alone: opens, finds, goes there', async ({ page, login }) => {
  const key = await someKeyOf(dataAccount)
  await login(page, 'viewer')
  await page.goto('/')
  await palette(page).open('/')
  await page.keyboard.type(key.keyId)
  await expect(palette(page).hits.first()).toContainText(key.keyId)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/keys/${key.accountId}/${key.region}/${key.keyId}`))
  await palette(page).open('Control+k')
  await page.keyboard.type('no such thing anywhere')
  await expect(page.getByText('No results in your accounts.')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('keys, grants and quick search are accessible in light and dark, and fit a phone', async ({
  page,
  login,
}) => {
  await login(page, 'viewer')
  await openSettled(page)
  // A dozen rows hold what fifty hold, and axe looks at each for a second.
  for (const address of ['/keys?q=payments', '/grants?q=integration']) {
    await page.goto(address)
    await expect(page.locator('tbody tr').nth(3)).toBeVisible()
    await expectAccessible(page)
  }
  await palette(page).open()
  await page.keyboard.type('a')
  await expect(palette(page).hits.first()).toBeVisible()
  await expectAccessible(page, 'quick search')
  await page.setViewportSize({ width: 375, height: 800 })
  await page.goto('/keys')
  await expect(page.getByRole('heading', { name: /^Keys/ }).first()).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375)
})
