import { gzipSync } from 'node:zlib'
import { kmsRecord } from '../lib/bench/trail-records'
import { expect, test } from './fixtures'
import { expectAccessible } from './support/accessible'
import { query } from './support/inventory'
import { dataAccount } from './support/people'

const trailArn = `arn:aws:cloudtrail:eu-central-1:${dataAccount}:trail/data-team`

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
  await fill('Bucket', 'halden-data-trail')
  await fill('Region of the bucket', 'eu-central-1')
  await fill('Trail role ARN', `arn:aws:iam::${dataAccount}:role/ClavigerTrail`)
  await fill('Days to read at first', '0')
  await dialog.getByRole('checkbox', { name: 'Organization trail' }).uncheck()
  await fill('Prefix', 'elsewhere')
  await dialog.getByRole('button', { name: 'Check' }).click()
  // The role lists below one prefix alone.
  await expect(dialog.getByText(/^List: ClavigerTrail cannot call s3:ListBucket/)).toBeVisible()
  await fill('Prefix', '')
  await dialog.getByRole('button', { name: 'Check' }).click()
  // This trail has none, unlike that of the organization, which the check of a database test reads.
  await expect(dialog.getByText(/^Verify one digest: This trail has no digest here/)).toBeVisible()
  await dialog.getByRole('checkbox', { name: 'Verify digests' }).uncheck()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Add trail' }).click()
  await expect(page.getByText('Its log files are read from now on.')).toBeVisible()
  await expect(async () => {
    const [source] = await query<{ looked: boolean }>(
      'SELECT "lookedAt" IS NOT NULL AS looked FROM "TrailLogSource"',
    )
    expect(source?.looked).toBe(true)
  }).toPass()
  await page.reload()
  const row = page.getByRole('row', { name: /data-team/ })
  await expect(row).toContainText('Up to date')
  await expect(row).toContainText('Not verified')
  await expectAccessible(page)

  await page.getByRole('button', { name: 'Actions for data-team' }).click()
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
