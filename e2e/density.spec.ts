import { expect, test } from './fixtures'
import { someKeyOf } from './support/inventory'
import { dataAccount } from './support/people'

test.describe.configure({ timeout: 120_000 })
test.use({ viewport: { width: 1440, height: 900 } })

test('the first screen of the keys holds fifteen rows with every default column', async ({
  page,
  login,
}) => {
  await someKeyOf(dataAccount)
  await login(page, 'admin')
  const table = page.getByRole('table', { name: 'Keys' })
  // While the first sync is under way the page says so above the table, and takes room for it.
  await expect(async () => {
    await page.goto('/keys')
    await expect(table.locator('time[data-exact]').first()).toBeVisible()
    await expect(page.getByText(/^The first sync of/)).toHaveCount(0, { timeout: 1_000 })
  }).toPass({ timeout: 90_000 })
  const seen = () =>
    table.evaluate((element) => {
      const right = element.parentElement?.getBoundingClientRect().right ?? 0
      const rows = [...element.querySelectorAll('tbody tr')]
      const columns = [...element.querySelectorAll('thead th')]
      return {
        rows: rows.filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length,
        cutOff: columns
          .filter((column) => column.getBoundingClientRect().right > right + 1)
          .map((column) => column.textContent),
      }
    })
  await expect.poll(async () => (await seen()).rows).toBeGreaterThanOrEqual(15)
  expect((await seen()).cutOff).toEqual([])

  // Counts can be shown, and stay shown.
  const counts = page.getByRole('navigation', { name: 'Counts under this filter' })
  await expect(counts).toBeHidden()
  await page.getByRole('button', { name: 'Counts', exact: true }).click()
  await expect(counts).toBeVisible()
  await page.reload()
  await expect(counts).toBeVisible()
})

test('on a phone a row of the keys is a card whose cells say what they are', async ({
  page,
  login,
}) => {
  await someKeyOf(dataAccount)
  await page.setViewportSize({ width: 390, height: 844 })
  await login(page, 'admin')
  await page.goto('/keys')
  const row = page.getByRole('table', { name: 'Keys' }).locator('tbody tr').first()
  await expect(row.locator('time[data-exact]').first()).toBeVisible()
  const box = await row.boundingBox()
  expect(box?.width).toBeLessThanOrEqual(390)
  expect(box?.height).toBeGreaterThan(200)
  const cell = row.locator('[data-label="Region"]')
  const label = await cell.evaluate((element) => getComputedStyle(element, '::before').content)
  expect(label).toBe('"Region"')
})
