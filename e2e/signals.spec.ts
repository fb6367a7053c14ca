import { expect, test } from './fixtures'
import { query } from './support/inventory'
import { dataAccount } from './support/people'

const clean = async () => {
  await query('DELETE FROM "SignalSetting"')
  await query(`DELETE FROM trail.mutation WHERE event_id LIKE 'signal-%'`)
}
test.beforeEach(clean)
test.afterEach(clean)

test('a threshold is tried before it is set, and a signal is muted with a reason', async ({
  page,
  login,
}) => {
  await query(
    `INSERT INTO trail.mutation (account_id, event_id, occurred_at, region, operation, key_arn,
       principal_kind, principal, origin, why)
     SELECT '${dataAccount}', 'signal-' || n, now() - interval '10 days' + n * interval '1 minute',
       'eu-central-1', 'DisableKey', 'arn:aws:kms:eu-central-1:${dataAccount}:key/k' || n, 'user',
       'arn:aws:iam::${dataAccount}:user/Mallory', 'outOfBand', 'byOthers'
     FROM generate_series(1, 4) n`,
  )
  await login(page, 'admin')
  await page.goto('/settings/signals')
  const title = 'Burst of disabled or deleted keys'
  const row = page.getByRole('row', { name: title })
  await row.getByRole('button', { name: 'Preview' }).click()
  const preview = page.getByRole('dialog', { name: title })
  await expect(preview.getByText('Would have said nothing in 30 days')).toBeVisible()
  await preview.getByRole('button', { name: 'Close' }).last().click()

  await row.getByRole('button', { name: `Actions for ${title}` }).click()
  await page.getByRole('menuitem', { name: 'Change threshold' }).click()
  const change = page.getByRole('dialog', { name: 'Change threshold' })
  await change.getByLabel('Calls within an hour').fill('4')
  await change.getByRole('button', { name: 'Preview' }).click()
  await expect(change.getByText('Would have said something once in 30 days')).toBeVisible()
  await expect(change.getByText(/^Within an hour 4 calls .* by Mallory/)).toBeVisible()
  await change.getByRole('button', { name: 'Change threshold' }).click()
  await expect(row).toContainText('4Calls within an hour')

  await row.getByRole('button', { name: `Actions for ${title}` }).click()
  await page.getByRole('menuitem', { name: 'Mute' }).click()
  const mute = page.getByRole('dialog', { name: 'Mute' })
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
  await mute.getByPlaceholder('YYYY-MM-DD').fill(tomorrow)
  await mute.getByLabel('Reason').fill('Keys of a pilot are tidied up')
  await mute.getByRole('button', { name: 'Mute', exact: true }).click()
  await expect(row).toContainText('Keys of a pilot are tidied up')
})
