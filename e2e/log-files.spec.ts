import { gzipSync } from 'node:zlib'
import { kmsRecord } from '../lib/bench/trail-records'
import { expect, test } from './fixtures'
import { expectAccessible } from './support/accessible'
import { query } from './support/inventory'
import { dataAccount } from './support/people'

const security = '349175520836'
const trailArn = 'arn:aws:cloudtrail:eu-west-1:180244096117:trail/halden-organization'

test.describe.configure({ timeout: 180_000 })
/** The sandbox writes and signs a week of digests when they are first asked for. */
const slow = { timeout: 60_000 }

test.afterAll(() => query('DELETE FROM "TrailLogSource"'))

test('a trail is added once it was checked, and its log files are read', async ({
  page,
  login,
}) => {
  await login(page, 'admin')
  await page.goto('/settings/log-files')
  await expect(page.getByText('No trail yet.')).toBeVisible()
  await expect(page.getByText('"s3:prefix"').first()).toBeVisible()
  await page.getByRole('button', { name: 'Add trail' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add trail' })
  const fill = (label: string, text: string) => dialog.getByLabel(label, { exact: true }).fill(text)
  await dialog.getByRole('button', { name: 'Check' }).click()
  await expect(dialog.getByText('This is not the ARN of a trail')).toBeVisible()
  await fill('Trail ARN', trailArn)
  await fill('Bucket', 'halden-org-trail')
  await fill('Region of the bucket', 'eu-west-1')
  await fill('Trail role ARN', `arn:aws:iam::${security}:role/ClavigerTrail`)
  await fill('Days to read at first', '0')
  await fill('Prefix', 'elsewhere')
  await dialog.getByRole('button', { name: 'Check' }).click()
  // The role lists below one prefix alone.
  await expect(dialog.getByText(/^List: ClavigerTrail cannot call s3:ListBucket/)).toBeVisible()
  await fill('Prefix', '')
  await dialog.getByRole('button', { name: 'Check' }).click()
  await expect(dialog.getByText(/^Verify one digest: .* is signed by CloudTrail/)).toBeVisible(slow)
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Add trail' }).click()
  await expect(page.getByText('Its log files are read from now on.')).toBeVisible(slow)
  await expect(async () => {
    const [source] = await query<{ files: number }>(
      'SELECT coalesce(sum("filesRead"), 0)::int AS files FROM "TrailLogPlace"',
    )
    expect(source?.files).toBeGreaterThan(0)
  }).toPass(slow)
  await page.reload()
  await expect(page.getByRole('row', { name: /halden-organization/ })).toContainText('Verified')
  await expectAccessible(page)

  await page.getByRole('button', { name: 'Actions for halden-organization' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  const remove = page.getByRole('dialog', { name: 'Remove trail' })
  await remove.getByRole('button', { name: 'Remove trail' }).click()
  await expect(page.getByText('No trail yet.')).toBeVisible()
})

test('files are uploaded one by one, what is wrong with one is told, and all is undone', async ({
  page,
  login,
}) => {
  const records = Array.from({ length: 40 }, (_, n) =>
    kmsRecord(11, n).replaceAll('111122223333', dataAccount),
  )
  const mimeType = 'application/gzip'
  const buffer = gzipSync(`{"Records":[${records.join(',')}]}`)
  await login(page, 'admin')
  await page.goto('/trail/import')
  await page.locator('input[type=file]').setInputFiles([
    { name: 'whole.json.gz', mimeType, buffer },
    { name: 'half.json.gz', mimeType, buffer: buffer.subarray(0, buffer.length - 100) },
  ])
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  const told = page.getByRole('status')
  await expect(told.filter({ hasText: 'whole.json.gz' })).toContainText(
    'whole.json.gz: 40 records, 40 new events of KMS',
  )
  await expect(told.filter({ hasText: 'half.json.gz' })).toContainText('fetch it again')
  const row = page.getByRole('row', { name: /whole\.json\.gz, half\.json\.gz/ }).first()
  await expect(row).toContainText('Done')
  await expectAccessible(page)
  await row.getByRole('button', { name: /^Undo import/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Undo import' }).click()
  await expect(page.getByText(/40 events of import \d+ are gone/)).toBeVisible()
  await expect(row).toContainText('Undone')
})
