import { expect, test } from './fixtures'
import { expectAccessible } from './support/accessible'
import { query } from './support/inventory'

test.describe.configure({ timeout: 180_000 })

const payments = 'arn:aws:iam::527461390288:role/payments-api'

/**
 * A key of the demo by its alias, once its policy, grants and the IAM of
 * its account have been read.
 */
async function findKeyArn(alias: string): Promise<string> {
  const find = () =>
    query<{ arn: string }>(
      `SELECT "arn" FROM "Key" k WHERE $1 = ANY("aliases") AND "policyAt" IS NOT NULL AND "grantsAt" IS NOT NULL
     AND EXISTS (SELECT 1 FROM "IamEntity" i WHERE i."accountId" = k."accountId")
       AND EXISTS (SELECT 1 FROM "OrganizationPolicy") ORDER BY "arn" LIMIT 1`,
      [alias],
    )
  await expect.poll(async () => (await find()).length, { timeout: 120_000, message: alias }).toBe(1)
  const [key] = await find()
  if (!key) throw new Error('it was there a moment ago')
  return key.arn
}

test('a question is its address: the link asks it, and the answer says why', async ({
  page,
  login,
}) => {
  await login(page, 'viewer')
  const key = await findKeyArn('alias/payments/card-vault')
  await page.goto(
    `/access?${new URLSearchParams({ principal: payments, action: 'kms:Decrypt', key })}`,
  )
  await expect(page.getByText('Allowed', { exact: true })).toBeVisible()
  await expect(page.locator('mark').first()).toContainText('"Allow"')
  await page.goto(
    `/access?${new URLSearchParams({ principal: payments, action: 'kms:ScheduleKeyDeletion', key })}`,
  )
  await expect(page.getByText(/^Not allowed/)).toBeVisible()
})

test('by keyboard alone: choose a principal, an action and a key, and ask', async ({
  page,
  login,
}) => {
  await login(page, 'viewer')
  const key = await findKeyArn('alias/payments/card-vault')
  await page.goto('/access')
  await page.getByRole('combobox', { name: 'Principal' }).focus()
  await page.keyboard.type(payments)
  await page.getByRole('combobox', { name: 'Action' }).focus()
  await page.keyboard.type('kms:Decrypt')
  await page.getByRole('combobox', { name: 'Key' }).focus()
  await page.keyboard.type(key)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Check', exact: true }).focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/principal=.*payments-api/)
  await expect(page.getByText('Allowed', { exact: true })).toBeVisible()
})

test('what is no key, no principal or no key of theirs is said so', async ({ page, login }) => {
  await login(page, 'data-viewer')
  const key = await findKeyArn('alias/payments/card-vault')
  await page.goto(
    `/access?${new URLSearchParams({ principal: payments, action: 'kms:Decrypt', key })}`,
  )
  await expect(page.getByText('There is no such key in the accounts you may see')).toBeVisible()
  await page.goto(
    `/access?${new URLSearchParams({ principal: payments, action: 'kms:Decrypt', key: 'alias/nothing' })}`,
  )
  await expect(page.getByText('No key is called alias/nothing')).toBeVisible()
  const own = await findKeyArn('alias/lake/raw')
  await page.goto(
    `/access?${new URLSearchParams({ principal: 'nobody', action: 'kms:Decrypt', key: own })}`,
  )
  await expect(page.getByText('"nobody" is no principal')).toBeVisible()
})

test('external access is accepted with a reason and an end, counts until then, and stands in the audit log', async ({
  page,
  login,
}) => {
  await findKeyArn('alias/lake/raw')
  const open = '/access/external?filter=review.eq.unreviewed|ended|changed'
  await login(page, 'viewer')
  await page.goto('/access/external')
  await expect(page.getByText('needs external.review').first()).toBeVisible()
  await login(page, 'approver')
  await page.goto(open)
  const accept = page.getByRole('button', { name: /^Accept / }).first()
  const name = await accept.getAttribute('aria-label')
  await accept.click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Accept', exact: true }).click()
  await expect(dialog.getByRole('alert')).toBeVisible()
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Contract 4711 with the carrier')
  await dialog.getByRole('button', { name: 'Accept', exact: true }).click()
  await expect(dialog).toBeHidden()
  await page.goto('/access/external?filter=review.eq.accepted')
  await page
    .getByRole('row')
    .getByRole('button', { name: /Accepted/ })
    .first()
    .click()
  await expect(page.getByText('Contract 4711 with the carrier')).toBeVisible()
  const [kept] = await query<{ event: string; keyArn: string; principal: string }>(
    `SELECT a."event", r."keyArn", r."principal" FROM "ExternalReview" r
      JOIN "AuditEntry" a ON a."keyArn" = r."keyArn" AND a."event" = 'externalAccess.accepted'
      WHERE r."reason" = 'Contract 4711 with the carrier'`,
  )
  expect(kept, `${name}`).toMatchObject({ event: 'externalAccess.accepted' })
  // Its end passes.
  await query(
    `UPDATE "ExternalReview" SET "until" = now() - interval '1 minute' WHERE "keyArn" = $1 AND "principal" = $2`,
    [kept?.keyArn, kept?.principal],
  )
  await page.goto(open)
  const table = page.getByRole('table', { name: 'External access' })
  await expect(table.getByText('Acceptance ended').first()).toBeVisible()
})

test('the matrix keeps its filter in the address, and downloads as CSV for whoever may export', async ({
  page,
  login,
}) => {
  const key = await findKeyArn('alias/lake/raw')
  const [, , , region, account, id] = key.split(':')
  const path = `/keys/${account}/${region}/${id?.slice('key/'.length)}`
  await login(page, 'auditor')
  await page.goto(`${path}/access?q=lake&filter=both`)
  await expect(page.getByRole('searchbox', { name: 'Find a principal' })).toHaveValue('lake')
  const csv = await page.request.get(`/api${path}/access/csv`)
  expect(csv.status()).toBe(200)
  const lines = (await csv.text()).trimEnd().split('\r\n')
  expect(lines.length).toBeGreaterThan(5)
  expect(
    lines.flatMap((line) => line.split(',')).filter((cell) => /^"?[=+\-@]/.test(cell)),
  ).toEqual([])
  await login(page, 'viewer')
  expect((await page.request.get(`/api${path}/access/csv`)).status()).toBe(403)
})

test('the pages of access are accessible in light and dark', async ({ page, login }) => {
  await login(page, 'admin')
  const [a, b] = [await findKeyArn('alias/payments/card-vault'), await findKeyArn('alias/lake/raw')]
  for (const address of [
    `/access?${new URLSearchParams({ principal: payments, action: 'kms:Decrypt', key: a })}`,
    '/access/principals',
    `/access/principals?${new URLSearchParams({ arn: payments })}`,
    '/access/external',
    `/access/compare?${new URLSearchParams({ a, b })}`,
  ]) {
    await page.goto(address)
    await page.waitForLoadState('networkidle')
    await expectAccessible(page, address)
  }
})

test('a key that AWS refuses now is not simply allowed: asked, in the matrix, by principal and in the file', async ({
  page,
  login,
}) => {
  await login(page, 'auditor')
  const key = await findKeyArn('alias/legacy/gateway')
  const [, , , region, account, id] = key.split(':')
  const path = `/keys/${account}/${region}/${id?.slice('key/'.length)}`
  const user = `arn:aws:iam::${account}:user/service/svc-edi-gateway`
  await page.goto(`/access?${new URLSearchParams({ principal: user, action: 'kms:Decrypt', key })}`)
  await expect(page.getByText('Allowed by policy; the key is pending deletion')).toBeVisible()
  await expect(page.getByText('AWS answers KMSInvalidStateException')).toBeVisible()
  await page.goto(
    `/access?${new URLSearchParams({ principal: user, action: 'kms:DescribeKey', key })}`,
  )
  await expect(page.getByText('AWS answers KMSInvalidStateException')).toBeHidden()
  await page.goto(`${path}/access?q=svc-edi-gateway`)
  await expect(
    page.getByRole('button', { name: /^Decrypt, svc-edi-gateway: .*, not usable now\. Why\?$/ }),
  ).toBeVisible()
  await expectAccessible(page, 'a matrix of a key that is pending deletion')
  await page.goto(`/access/principals?${new URLSearchParams({ arn: user })}`)
  await expect(page.getByText(/^Decrypt \(\d+, \d+ not usable now\)$/)).toBeVisible()
  const csv = await (await page.request.get(`/api${path}/access/csv`)).text()
  const [head = [], ...lines] = csv
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','))
  const line = lines.find((cells) => cells.includes(user)) ?? []
  expect([line[head.indexOf('keyState')], line[head.indexOf('decryptUsableNow')]]).toEqual([
    'PendingDeletion',
    'no',
  ])
})
