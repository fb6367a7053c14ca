import { expect, test } from './fixtures'
import { requestForm } from './pages/request-form'
import { requests } from './pages/requests'
import { expectAccessible } from './support/accessible'
import { query, someKeyOf, type KnownKey } from './support/inventory'
import { expectApart } from './support/layout'
import { sessionOf } from './support/session'

test.describe.configure({ mode: 'serial' })

const account = '754093268140'
const mostBytes = 300 * 1_024
const mostNodes = 6_000

/** A draft of one change, made to be of a hundred as if so many keys had been chosen. */
async function multiply(requestId: string, count: number) {
  await query(
    `INSERT INTO "Change" SELECT n.* FROM "Change" c, generate_series(2, $2::int) p,
       jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'position', p,
         'title', c."title" || ' (' || p || ')')) n
     WHERE c."requestId" = $1::uuid AND c."position" = 1`,
    [requestId, count],
  )
}

let id = ''

test.beforeAll(async () => {
  for (const who of ['approver', 'approver-2'] as const) await sessionOf(who)
})

test('a draft of a hundred changes is a small page, and is sent', async ({ page, login }) => {
  test.setTimeout(180_000)
  await someKeyOf(account)
  const [key] = await query<KnownKey>(
    `SELECT "arn", "accountId", "region", "keyId" FROM "Key" WHERE "accountId" = $1
       AND "keyManager" = 'CUSTOMER' AND "keyState" = 'Enabled' ORDER BY "arn" LIMIT 1`,
    [account],
  )
  await login(page, 'requester')
  const form = requestForm(page)
  await form.open('key-disable', [key?.arn ?? ''])
  await form.because('A hundred at once')
  id = await form.preview()
  await multiply(id, 100)
  const answer = await page.request.get(`/requests/${id}`)
  expect((await answer.text()).length).toBeLessThan(mostBytes)
  const view = requests(page)
  await view.open(id)
  await expect(page.getByText(/^Will be asked: /)).toBeVisible()
  expect(await page.locator('*').count()).toBeLessThan(mostNodes)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(page.getByText(/^R-\d+ is sent\./).first()).toBeVisible({ timeout: 60_000 })
})

test('each of a hundred is opened by itself, and stays open while the page reads again', async ({
  page,
  login,
}) => {
  test.setTimeout(120_000)
  await login(page, 'approver')
  const answer = await page.request.get(`/requests/${id}`)
  expect((await answer.text()).length).toBeLessThan(mostBytes)
  const view = requests(page)
  await view.open(id)
  expect(await page.locator('*').count()).toBeLessThan(mostNodes)
  const rows = page.locator('.claviger-rows > li')
  await expect(rows).toHaveCount(100)
  await expectApart(page)
  await expect(rows.first()).toContainText('Needs your decision')

  const seventh = page.getByRole('button', { name: /^7\. / })
  await seventh.click()
  const card = page.locator('#change-7')
  await expect(card.getByText('Hash of the request')).toBeVisible()
  await card.getByLabel(/^Comment on: /).fill('half a thought')
  // An open request is read again every eight seconds.
  const again = page.waitForResponse((response) =>
    new URL(response.url()).pathname.endsWith(`/api/requests/${id}`),
  )
  await again
  await expect(seventh).toHaveAttribute('aria-expanded', 'true')
  await expect(card.getByLabel(/^Comment on: /)).toHaveValue('half a thought')

  await card.getByRole('button', { name: /^Reject: / }).click()
  await expect(page.getByText(/^Rejected: /).first()).toBeVisible({ timeout: 30_000 })
  await expect(page.getByRole('button', { name: /^Approve all 99 shown$/ })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Other changes (1)' })).toBeVisible()
})

test('the entries of the audit log are read when they are opened', async ({ page, login }) => {
  await login(page, 'approver')
  await requests(page).open(id)
  await page.getByRole('button', { name: /^Entries \(\d+\)$/ }).click()
  await expect(page.getByText('request.sent').first()).toBeVisible()
  await expectAccessible(page)
})

test('the page to decide on shows a hundred as rows too', async ({ page, login }) => {
  await login(page, 'approver')
  const answer = await page.request.get(`/requests/decide?id=${id}`)
  expect((await answer.text()).length).toBeLessThan(mostBytes)
  await page.goto(`/requests/decide?id=${id}`)
  await page.getByRole('button', { name: /^8\. / }).click()
  await page.getByRole('checkbox', { name: /^Select: .*\(8\)$/ }).check({ force: true })
  await expect(page.getByRole('heading', { name: 'Decide about the selected (1)' })).toBeVisible()
})

test('paper has each of a hundred whole, even of one that changed while they were read', async ({
  page,
  login,
}) => {
  test.setTimeout(150_000)
  await login(page, 'approver')
  await requests(page).open(id)
  // A browser under test prints nowhere: what would be on the paper is counted instead.
  await page.evaluate(() => {
    window.print = () => {
      document.body.dataset.printed = `${document.querySelectorAll('.claviger-change').length}`
      window.dispatchEvent(new Event('afterprint'))
    }
  })
  await page.route(`**/api/requests/${id}/changes`, async (route) => {
    const response = await route.fetch()
    await query(
      `UPDATE "Change" SET "problem" = 'meanwhile' WHERE "requestId" = $1::uuid
      AND "position" = 50`,
      [id],
    )
    const again = await page.waitForRequest(`**/api/requests/${id}`)
    await (await again.response())?.finished()
    await route.fulfill({ response })
  })
  await page.getByRole('button', { name: 'Print', exact: true }).click()
  await expect(page.locator('body')).toHaveAttribute('data-printed', '100', { timeout: 100_000 })
  await expect(page.locator('.claviger-change')).toHaveCount(0)
})
