import { expect, test } from './fixtures'
import { expectAccessible } from './support/accessible'
import { query } from './support/inventory'

test.describe.configure({ timeout: 180_000 })

const address = (filter: string) => `/grants?filter=${filter}`

test('a grant of a principal that was deleted is found, said why, and its revocation asked for', async ({
  page,
  login,
}) => {
  await expect
    .poll(
      async () =>
        (
          await query(
            `SELECT 1 FROM "Grant" WHERE "granteePrincipal" LIKE 'AROA%' AND "goneAt" IS NULL`,
          )
        ).length,
      { timeout: 120_000 },
    )
    .toBeGreaterThan(0)
  await login(page, 'requester')
  await page.goto(address('flag.eq.orphaned,granteeExists.eq.no'))
  const row = page.getByRole('row').filter({ hasText: 'AROA' }).first()
  await row.getByRole('button', { name: 'orphaned' }).click()
  await expect(page.getByText('the principal was deleted', { exact: false })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(row).toContainText('nobody knows')
  await row.getByRole('checkbox').check({ force: true })
  await page.getByRole('button', { name: 'Request revocation' }).click()
  const dialog = page.getByRole('dialog', { name: 'Request revocation of 1 grant' })
  await expectAccessible(page, 'the dialog of a revocation')
  await dialog.getByRole('button', { name: 'Prepare the request' }).click()
  await expect(dialog.getByText('Say why this is needed.').first()).toBeVisible()
  await dialog
    .getByRole('textbox', { name: 'Why' })
    .fill('Its grantee was deleted; nobody can use it.')
  await dialog.getByRole('button', { name: 'Prepare the request' }).click()
  await page.waitForURL(/\/requests\/[0-9a-f-]{36}$/)
  await expect(
    page
      .getByText('can no longer do this with the key through this grant', { exact: false })
      .first(),
  ).toBeVisible()
})

test('a grant that nobody knows is adopted with an owner, a reason and an end', async ({
  page,
  login,
}) => {
  await login(page, 'requester')
  await page.goto(address('known.eq.nobody,flag.eq.withoutEnd,issuerClass.eq.human'))
  await page.getByRole('row').getByRole('checkbox').nth(1).check({ force: true })
  await page.getByRole('button', { name: 'Adopt' }).click()
  const dialog = page.getByRole('dialog', { name: 'Adopt this grant' })
  await dialog.getByRole('textbox', { name: 'Owner' }).fill('data team')
  await dialog
    .getByRole('textbox', { name: 'Why it exists' })
    .fill('The nightly export runs as it.')
  await dialog.getByRole('button', { name: 'Prepare the request' }).click()
  await page.waitForURL(/\/requests\/[0-9a-f-]{36}$/)
  await expect(
    page.getByText('data team answers for the grant', { exact: false }).first(),
  ).toBeVisible()
})

test('who may not ask for changes can look, and choose nothing', async ({ page, login }) => {
  await login(page, 'viewer')
  await page.goto(address('flag.eq.overBroad'))
  await expect(page.getByRole('row').nth(1)).toContainText('over-broad')
  await expect(page.getByRole('checkbox')).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Request revocation' })).toHaveCount(0)
})
