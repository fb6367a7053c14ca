import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from './fixtures'
import { signIn } from './pages/sign-in'
import { product } from './product'
import { expectAccessible } from './support/accessible'
import { query } from './support/inventory'

test.describe.configure({ timeout: 180_000 })

const root = path.resolve(import.meta.dirname, '..')
const verify = (...args: string[]) =>
  spawnSync('npm', ['run', '--silent', 'audit:verify', '--', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, DATABASE_URL: product.databaseUrl, CLAVIGER_DATA_DIR: product.dataDir },
  })
const checkpoints = () => path.join(product.dataDir, 'checkpoints', 'checkpoints.jsonl')

test('an auditor searches the log, opens an entry, checks the chain, and takes away what proves it', async ({
  page,
  login,
}) => {
  await login(page, 'auditor')
  await page.goto('/audit')
  await expect(page.getByRole('heading', { level: 1, name: 'Audit log' })).toBeVisible()
  const rows = page
    .getByRole('table', { name: 'Entries' })
    .locator('tbody tr')
    .filter({ has: page.getByRole('link', { name: /^Entry / }) })
  await page.getByRole('combobox', { name: /^Search entries/ }).fill('henrik.aas@')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/filter=\*\.has\.henrik/)
  await expect(rows.first()).toContainText('person.signedIn')

  await rows
    .first()
    .getByRole('link', { name: /^Entry / })
    .click()
  await expect(page).toHaveURL(/entry=\d+/)
  await expect(page.getByLabel(/^What entry \d+ recorded/)).toContainText(
    '"event": "person.signedIn"',
  )
  await page.reload()
  await expect(page.getByLabel(/^What entry \d+ recorded/)).toContainText('henrik.aas@')
  await expectAccessible(page, 'the audit log with an entry open')

  await page.getByRole('button', { name: 'Check the chain' }).click()
  await page.getByRole('menuitem', { name: 'Every entry' }).click()
  await expect(page.getByText(/^The chain is sound: \d/)).toBeVisible()

  await page.getByRole('button', { name: 'Export' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /Whole log/ }).click(),
  ])
  const file = await download.path()
  // The worker looks every second, and the first entries are older than a
  // minute by now or the first of all.
  await expect
    .poll(async () => (await query('SELECT 1 FROM "AuditCheckpoint"')).length, { timeout: 30_000 })
    .toBeGreaterThan(0)
  expect(verify('--file', file, '--checkpoint', checkpoints(), '--older')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^Sound: \d+ entries.*Signatures checked with key/su),
  })
  expect(verify('--checkpoint', checkpoints())).toMatchObject({ status: 0 })
})

test('while the audit log cannot be written nobody signs in or exports, each told why; reading goes on', async ({
  page,
  browser,
  login,
}) => {
  await login(page, 'auditor')
  await query(
    'CREATE OR REPLACE FUNCTION e2e_break_audit() RETURNS trigger LANGUAGE plpgsql AS $$ ' +
      "BEGIN RAISE EXCEPTION 'disk full'; END $$",
  )
  await query(
    'CREATE TRIGGER e2e_break_audit BEFORE INSERT ON "AuditEntry" FOR EACH ROW EXECUTE FUNCTION e2e_break_audit()',
  )
  try {
    const stranger = await (await browser.newContext()).newPage()
    await signIn(stranger).open('/keys')
    await signIn(stranger).as('Dana Kohl')
    await expect(
      stranger.getByText('The audit log could not be written, so nobody can sign in.'),
    ).toContainText(/Reference [0-9a-f-]{36}/)
    await stranger.context().close()

    for (const path of [
      '/api/audit/export',
      '/api/audit/csv',
      '/api/keys?format=csv',
      '/api/grants?format=json',
    ]) {
      const answer = await page.request.get(path)
      expect(answer.status(), path).toBe(500)
      expect((await answer.json()).error.message, path).toContain(
        'The audit log could not be written, so nothing was done',
      )
    }
    await page.goto('/audit')
    await expect(page.getByRole('link', { name: /^Entry / }).first()).toBeVisible()
  } finally {
    await query('DROP TRIGGER e2e_break_audit ON "AuditEntry"')
  }
})
