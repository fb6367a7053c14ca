import { expect, test } from './fixtures'
import { query, someKeyOf } from './support/inventory'
import { expectApart, expectNothingCutOff } from './support/layout'
import { dataAccount } from './support/people'

test.describe.configure({ timeout: 240_000 })
test.use({ viewport: { width: 1440, height: 900 } })

/** The page of a key that has grants, made by hand and by services. */
async function findGranted(): Promise<string> {
  const find = () =>
    query<{ path: string }>(
      `SELECT concat_ws('/', '/keys', "accountId", "region", "keyId") AS path FROM "Key"
       WHERE "goneAt" IS NULL AND "grantCount" > 2 AND "keyManager" = 'CUSTOMER'
       ORDER BY "arn" LIMIT 1`,
    )
  await expect
    .poll(async () => (await find()).length, { timeout: 90_000, message: 'keys with grants' })
    .toBe(1)
  return (await find())[0]?.path ?? ''
}

test('on a laptop every column is in view, and boxes keep apart', async ({ page, login }) => {
  await someKeyOf(dataAccount)
  const key = await findGranted()
  await login(page, 'admin')
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Coverage' })).toBeVisible({ timeout: 60_000 })
  await expectApart(page)
  await expectNothingCutOff(page)

  await page.goto(`${key}/grants`)
  await expect(page.getByRole('table', { name: 'Grants of this key' })).toBeVisible()
  await expectNothingCutOff(page)
  await page.goto(`${key}/access`)
  const matrix = page.getByRole('table', { name: 'Who can do what' })
  await expect(matrix.getByRole('button', { name: /Why\?$/ }).first()).toBeVisible()
  await expectNothingCutOff(page)

  const [admin] = await query<{ arn: string }>(
    `SELECT "arn" FROM "IamEntity" WHERE "arn" LIKE '%role/KeyAdministrator' LIMIT 1`,
  )
  await page.goto(`/access/principals?${new URLSearchParams({ arn: admin?.arn ?? '' })}`)
  const ofPrincipal = page.getByRole('table', { name: 'Keys of this principal' })
  await expect(ofPrincipal.getByRole('button', { name: /Why\?$/ }).first()).toBeVisible()
  await expectNothingCutOff(page)
})

test('in the table of grants an ARN begins beside its copy button', async ({ page, login }) => {
  await findGranted()
  await login(page, 'admin')
  await page.goto('/grants')
  const names = page.getByRole('table', { name: 'Grants' }).locator('.claviger-identifier')
  await expect(names.first()).toBeVisible()
  const alone = await names.evaluateAll((all) =>
    all.flatMap((name) => {
      const text = name.querySelector('[class*="text-to-display"]')
      const button = name.querySelector('button')
      if (!text || !button) return ['a name without its parts']
      const [line] = text.getClientRects()
      const middle = button.getBoundingClientRect()
      return line && line.top < middle.bottom && line.bottom > middle.top ? [] : [text.textContent]
    }),
  )
  expect(alone).toEqual([])
})

test('on a phone no table reaches beyond its box, and labels keep off their values', async ({
  page,
  login,
}) => {
  await someKeyOf(dataAccount)
  const key = await findGranted()
  await page.setViewportSize({ width: 390, height: 844 })
  await login(page, 'admin')
  for (const path of [
    '/',
    '/accounts',
    '/requests?box=all',
    '/access/principals',
    '/access/external',
    '/settings',
    '/settings/groups',
    '/settings/sessions',
    '/settings/notifications',
    '/settings/installation',
    '/settings/log-files',
    '/settings/signals',
    key,
    `${key}/access`,
    `${key}/grants`,
    `${key}/material`,
  ]) {
    await page.goto(path)
    await expect(page.getByRole('heading').first()).toBeVisible()
    await page.waitForLoadState('networkidle')
    await expectNothingCutOff(page, path)
    const over = await page
      .locator('.claviger-cell[data-label]:not([data-head])')
      .evaluateAll((cells) =>
        cells.flatMap((cell) => {
          const width = getComputedStyle(cell).gridTemplateColumns.split(' ')[0] ?? ''
          const label = document.createElement('span')
          label.textContent = cell.getAttribute('data-label')
          label.style.cssText = 'position: absolute; inline-size: min-content; white-space: inherit'
          cell.append(label)
          const wide = label.getBoundingClientRect().width > Number.parseFloat(width) + 1
          label.remove()
          return wide ? [label.textContent] : []
        }),
      )
    expect([...new Set(over)], path).toEqual([])
  }
})

test('an alias in the address of Check access is a key, and who means several is asked which', async ({
  page,
  login,
}) => {
  await someKeyOf(dataAccount)
  await login(page, 'admin')
  const [one] = await query<{ arn: string; alias: string }>(
    `SELECT "arn", "aliases"[1] AS alias FROM "Key" k WHERE "goneAt" IS NULL
       AND cardinality("aliases") > 0 AND "aliases"[1] NOT LIKE 'alias/aws/%'
       AND 1 = (SELECT count(*) FROM "Key" o WHERE k."aliases"[1] = ANY(o."aliases"))
     ORDER BY "arn" LIMIT 1`,
  )
  await page.goto(`/access?${new URLSearchParams({ key: one?.alias ?? '' })}`)
  await expect(page).toHaveURL(new RegExp(`key=${encodeURIComponent(one?.arn ?? '')}`))
  await expect(page.getByText('Still to choose: a principal, an action.')).toBeVisible()

  await page.goto(`/access?${new URLSearchParams({ key: 'alias/aws/ebs' })}`)
  await expect(page.getByText('Several keys are called alias/aws/ebs')).toBeVisible()
  await page.getByRole('listitem').getByRole('button', { name: 'alias/aws/ebs' }).first().click()
  await expect(page).toHaveURL(/key=arn/)
})

test('the page to decide on says what its address lacks, and leads to the requests', async ({
  page,
  login,
}) => {
  await login(page, 'admin')
  await page.goto('/requests/decide')
  await expect(page.getByText('No requests are chosen')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0)
  await page.getByRole('link', { name: 'Requests waiting for me' }).click()
  await expect(page).toHaveURL(/\/requests\?box=waiting/)
})

test('quick search says that it shows only the first', async ({ page, login }) => {
  await someKeyOf(dataAccount)
  await login(page, 'admin')
  await page.goto('/')
  await page.keyboard.press('/')
  await page.getByRole('combobox', { name: /^Search keys/ }).fill('alias/')
  await expect(page.getByText(/There are more keys.*: add a word to narrow it\./)).toBeVisible()
  await expect(page.getByText('Keys, the first 8')).toBeVisible()
})
