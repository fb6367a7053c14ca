import { randomUUID } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from './fixtures'
import { expectAccessible } from './support/accessible'
import { someKeyOf, type KnownKey } from './support/inventory'
import { trailCli } from './support/trail-cli'

test.describe.configure({ timeout: 150_000 })

/** DisableKey by somebody who asked for nothing here. */
const recordOf = ({ arn, accountId, region }: KnownKey, eventID: string) => ({
  eventVersion: '1.11',
  userIdentity: {
    type: 'IAMUser',
    principalId: 'AIDAMALLORY',
    arn: `arn:aws:iam::${accountId}:user/mallory`,
    accountId,
    userName: 'mallory',
  },
  eventTime: new Date().toISOString().replace(/\.\d+/, ''),
  eventSource: 'kms.amazonaws.com',
  eventName: 'DisableKey',
  awsRegion: region,
  sourceIPAddress: '198.51.100.7',
  userAgent: 'aws-cli/2',
  requestParameters: { keyId: arn },
  responseElements: { keyId: arn },
  requestID: randomUUID(),
  eventID,
  readOnly: false,
  resources: [{ accountId, type: 'AWS::KMS::Key', ARN: arn }],
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: accountId,
})

test('what nobody requested here is found, explained, and put back by a request', async ({
  page,
  login,
}) => {
  const key = await someKeyOf('754093268140')
  const eventId = randomUUID()
  const dir = mkdtempSync(path.join(os.tmpdir(), 'out-of-band-e2e-'))
  writeFileSync(path.join(dir, 'a.json'), JSON.stringify({ Records: [recordOf(key, eventId)] }))
  const [, importId = ''] = /Import (\d+):/.exec(trailCli('import', dir).stdout) ?? []
  try {
    await login(page, 'key-administrator')
    const row = page.locator('tbody tr').filter({ hasText: 'mallory' })
    await expect(async () => {
      await page.goto(`/trail/out-of-band?filter=event.eq.${eventId}`)
      await expect(row).toBeVisible({ timeout: 2_000 })
    }).toPass({ timeout: 20_000 })
    await expect(row).toContainText('No change requested here made it.')
    await expectAccessible(page)

    await page.goto('/')
    await page.getByRole('link', { name: /^Changes out of band: [1-9]/ }).click()
    await expect(row).toBeVisible()
    await page.goto(`/keys/${key.accountId}/${key.region}/${key.keyId}`)
    await expect(page.getByText('CloudTrail recorded what nobody requested here.')).toBeVisible()
    await page.getByRole('link', { name: 'Review', exact: true }).click()

    await row.getByRole('button', { name: /^Explain DisableKey/ }).click()
    await page.getByRole('textbox', { name: 'How it came about' }).fill('Incident 7')
    await page.getByRole('button', { name: 'Keep explanation' }).click()
    await expect(row).toHaveCount(0) // the filter is on what nobody reviewed

    await page.goto(`/trail/${key.accountId}/${eventId}`)
    await expect(page.getByText('Out of band: explained')).toBeVisible()
    await expect(page.getByText('Incident 7')).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Revert…' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Enable the key' })).toBeVisible()
    await expect(page.getByRole('textbox', { name: 'Justification' })).toHaveValue(
      /Puts back what DisableKey changed: by mallory/,
    )
  } finally {
    trailCli('undo', importId)
  }
})
