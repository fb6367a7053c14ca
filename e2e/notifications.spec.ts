import { expect, test } from './fixtures'
import { expectAccessible } from './support/accessible'
import { query } from './support/inventory'

/** As lib/notify writes it: what leads there is tested on Postgres. */
const ring = (email: string, title: string) =>
  query(
    `INSERT INTO "Notification" ("id", "personId", "event", "title", "body", "href", "createdAt")
   SELECT gen_random_uuid(), "id", 'request.sent', $2, 'Ann asks for a grant.', '/grants',
     claviger_now() FROM "Person" WHERE "email" = $1`,
    [email, title],
  )
const emailOf = async (name: string) =>
  (await query<{ email: string }>(`SELECT "email" FROM "Person" WHERE "name" = $1`, [name]))[0]
    ?.email ?? ''

test('the bell counts, opens what it tells of, and forgets what was read', async ({
  page,
  login,
}) => {
  await login(page, 'viewer')
  await page.goto('/settings/me')
  const email = await emailOf('Dana Kohl')
  await query(`DELETE FROM "Notification"`)
  await ring(email, 'First of two')
  await ring(email, 'Second of two')
  await page.reload()
  const bell = (words: string) => page.getByRole('button', { name: `Notifications, ${words}` })
  await bell('2 unread').focus()
  await page.keyboard.press('Enter')
  const item = page.getByRole('menuitem', { name: /Second of two/ })
  await expect(item).toContainText('unread')
  await expectAccessible(page, 'the open bell')
  await item.click()
  await expect(page).toHaveURL(/\/grants/)
  await expect(bell('1 unread')).toBeVisible()

  await page.goto('/notifications')
  await expect(page.getByRole('heading', { name: /Notifications.*1 unread of 2/ })).toBeVisible()
  await page.getByRole('button', { name: 'Mark as read: First of two' }).click()
  await expect(bell('none unread')).toBeVisible()
  await expect(page.getByRole('heading', { name: /Notifications.*\(2\)/ })).toBeVisible()
  await expectAccessible(page)
})

test('settings say what is told to whom; a webhook shows its secret once and never reaches a private address', async ({
  page,
  login,
}) => {
  await login(page, 'admin')
  await page.goto('/settings/notifications')
  const box = page.getByRole('checkbox', { name: 'Under the bell: A change was approved' })
  await box.click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('It holds for what happens from now on.')).toBeVisible()
  await page.reload()
  await expect(box).not.toBeChecked()

  await page.getByRole('button', { name: 'Add a webhook' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill('ops')
  await dialog.getByLabel('Address').fill('http://127.0.0.1:9/hidden-path')
  await dialog.getByRole('button', { name: 'Add a webhook' }).click()
  await expect(dialog.getByText(/Choose at least one event/)).toBeVisible()
  await dialog.getByRole('button', { name: /^Events/ }).click()
  await page.getByRole('option', { name: 'A change was approved' }).click()
  await page.keyboard.press('Escape')
  await dialog.getByRole('button', { name: 'Add a webhook' }).click()
  await expect(dialog.getByText(/must begin with https/)).toBeVisible()
  await dialog.getByLabel('Address').fill('https://127.0.0.1:9/hidden-path')
  await dialog.getByRole('button', { name: 'Add a webhook' }).click()
  await expect(page.getByRole('dialog').getByText(/whsec_/)).toBeVisible()
  await page.getByRole('button', { name: 'I have kept it' }).click()
  await page.getByRole('button', { name: 'Send a test to ops' }).click()
  await expect(page.getByText(/is not on the public Internet/)).toBeVisible()
  await page.reload()
  await expect(page.getByRole('row', { name: /^ops Signed webhook https:\/\/127/ })).toBeVisible()
  expect(await page.content()).not.toMatch(/whsec_|hidden-path/)
  await expectAccessible(page)

  await page.getByRole('button', { name: 'Actions for ops' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the webhook' }).click()
  await expect(page.getByRole('row', { name: /^ops Signed webhook https:\/\/127/ })).toHaveCount(0)
})
