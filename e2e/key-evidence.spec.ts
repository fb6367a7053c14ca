import { mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from './fixtures'
import { expectAccessible } from './support/accessible'
import { query, type KnownKey } from './support/inventory'
import { dataAccount } from './support/people'
import { trailCli } from './support/trail-cli'

test.describe.configure({ timeout: 120_000 })

const bucket = 'arn:aws:s3:::evidence-of-a-key'
const dayAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()

/** Five uses of a key on one day, for a bucket, and a refused one. */
const records = ({ arn, region }: KnownKey, at: string) =>
  Array.from({ length: 6 }, (_, n) => ({
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: 'AROAEXAMPLE:i-0',
      arn: `arn:aws:sts::${dataAccount}:assumed-role/reports/i-0`,
      accountId: dataAccount,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: 'AROAEXAMPLE',
          arn: `arn:aws:iam::${dataAccount}:role/reports`,
          accountId: dataAccount,
          userName: 'reports',
        },
      },
      invokedBy: 's3.amazonaws.com',
    },
    eventTime: `${at.slice(0, 10)}T10:0${n}:00Z`,
    eventSource: 'kms.amazonaws.com',
    eventName: 'Decrypt',
    awsRegion: region,
    sourceIPAddress: '203.0.113.9',
    userAgent: 's3.amazonaws.com',
    requestParameters: { keyId: arn, encryptionContext: { 'aws:s3:arn': `${bucket}/report-${n}` } },
    responseElements: null,
    ...(n === 5 ? { errorCode: 'AccessDenied', errorMessage: 'not authorized' } : {}),
    requestID: `aaaaaaaa-0000-4000-8000-00000000000${n}`,
    eventID: `eeeeeeee-0000-4000-8000-00000000000${n}`,
    readOnly: true,
    resources: [{ accountId: dataAccount, type: 'AWS::KMS::Key', ARN: arn }],
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: dataAccount,
    eventCategory: 'Management',
  }))

async function findKey(): Promise<KnownKey> {
  const find = () =>
    query<KnownKey>(
      `SELECT arn, "accountId", region, "keyId" FROM "Key" WHERE "accountId" = $1 AND "keyState" = 'Enabled'
         AND "keyManager" = 'CUSTOMER' AND "keySpec" = 'SYMMETRIC_DEFAULT' AND scope = 'single'
         AND "grantsAt" IS NOT NULL ORDER BY arn LIMIT 1`,
      [dataAccount],
    )
  await expect.poll(async () => (await find()).length, { timeout: 60_000 }).toBe(1)
  const [key] = await find()
  if (!key) throw new Error('it was there a moment ago')
  return key
}

test('what a key was used for is found, weighed before its deletion, and reported', async ({
  page,
  login,
}) => {
  const key = await findKey()
  const address = `/keys/${key.accountId}/${key.region}/${key.keyId}`
  const at = dayAgo(2)
  const dir = mkdtempSync(path.join(os.tmpdir(), 'evidence-e2e-'))
  writeFileSync(
    path.join(dir, 'a.json.gz'),
    gzipSync(JSON.stringify({ Records: records(key, at) })),
  )
  const imported = trailCli('import', dir).stdout
  expect(imported).toMatch(/6 new events of KMS/)
  await login(page, 'data-key-administrator')

  await page.goto(address)
  await page.getByRole('link', { name: 'Check deletion' }).click()
  await expect(page.getByText('Do not delete it. Seen by:')).toBeVisible()
  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  await expect(row('Uses in CloudTrail')).toContainText('5 calls by 1 principal')
  await expect(row('Callers of other accounts')).toContainText('Unknown')
  await expectAccessible(page)
  await expect(page.getByRole('link', { name: 'Request: Disable the key' })).toHaveAttribute(
    'href',
    `/requests/new?${new URLSearchParams({ kind: 'key-disable', key: key.arn })}`,
  )

  await page.goto(`${address}/resources`)
  await page.getByRole('link', { name: 'New usage audit' }).click()
  await expect(page.getByLabel('Keys')).toHaveValue(key.arn)
  await page.getByLabel('Purpose').fill('Review of one key')
  for (const label of ['First day (UTC)', 'Last day (UTC)'])
    await page.getByLabel(label, { exact: true }).fill(at.slice(0, 10).replaceAll('-', '/'))
  await page.getByRole('button', { name: 'Make audit' }).click()
  await expect(page.getByRole('heading', { level: 1, name: /Usage audit UA-\d+/ })).toBeVisible()
  const uses = page.getByRole('table', { name: 'Who used what' })
  await expect(uses.getByRole('row').filter({ hasText: 'Success' })).toContainText('5')
  await expect(uses.getByRole('row').filter({ hasText: 'Denied' })).toContainText('1')
  await expect(page.getByRole('table', { name: 'From where' })).toContainText('203.0.113.9')
  await page.getByRole('button', { name: 'Make again and compare' }).click()
  await expect(page.getByText('Made again now, with the same parameters')).toBeVisible()
  await expectAccessible(page)

  await expect
    .poll(
      async () => (await query('SELECT 1 FROM trail.bound WHERE resource = $1', [bucket])).length,
      { timeout: 30_000 },
    )
    .toBe(1)
  await page.getByRole('button', { name: /Search keys/ }).click()
  await page.getByRole('combobox', { name: /Search keys/ }).fill('evidence-of-a-key')
  await page.getByRole('option', { name: new RegExp(bucket) }).click()
  await expect(page).toHaveURL(new RegExp(`${address}/resources`))
  await expect(row(bucket)).toContainText('Encryption context of Decrypt')
  await expect(row(bucket)).toContainText('Used it')
  await expectAccessible(page, 'resources', ['light'])
  const [, id = ''] = /Import (\d+):/.exec(imported) ?? []
  expect(trailCli('undo', id).stdout).toContain('6 events')
})
