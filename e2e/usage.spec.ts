import { mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from './fixtures'
import { expectAccessible } from './support/accessible'
import { query, someKeyOf, type KnownKey } from './support/inventory'
import { dataAccount } from './support/people'
import { trailCli } from './support/trail-cli'

test.describe.configure({ timeout: 180_000 })

const operations = ['Decrypt', 'Decrypt', 'GenerateDataKey', 'Encrypt']

/** A call with a key by one of its account's roles, in the last days. */
function recordOf(n: number, key: KnownKey, role: string): Record<string, unknown> {
  const name = role.slice(role.lastIndexOf('/') + 1)
  const isDenied = n % 10 === 0
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROA${name}:job-${n % 3}`,
      arn: `arn:aws:sts::${key.accountId}:assumed-role/${name}/job-${n % 3}`,
      accountId: key.accountId,
      sessionContext: { sessionIssuer: { type: 'Role', arn: role, accountId: key.accountId } },
      ...(n % 4 === 0 && { invokedBy: 's3.amazonaws.com' }),
    },
    eventTime: new Date(Date.now() - ((n * 7) % 600) * 3_600_000).toISOString(),
    eventSource: 'kms.amazonaws.com',
    eventName: operations[n % operations.length],
    awsRegion: key.region,
    sourceIPAddress: `192.0.2.${n % 5}`,
    errorCode: isDenied ? 'AccessDenied' : undefined,
    requestParameters: {
      keyId: key.arn,
      encryptionContext: n % 4 === 0 ? { 'aws:s3:arn': `arn:aws:s3:::ledger-${n % 8}` } : undefined,
    },
    requestID: `request-${n}`,
    eventID: `usage-${n}`,
    readOnly: true,
    resources: [{ accountId: key.accountId, type: 'AWS::KMS::Key', ARN: key.arn }],
    eventType: 'AwsApiCall',
    recipientAccountId: key.accountId,
  }
}

test('a key shows who used it, each number leads to its events, and refusals say why', async ({
  page,
  login,
}) => {
  const key = await someKeyOf(dataAccount)
  const roles = await query<{ arn: string }>(
    `SELECT arn FROM "IamEntity" WHERE "accountId" = $1 AND kind = 'role' AND "goneAt" IS NULL
     ORDER BY arn LIMIT 4`,
    [dataAccount],
  )
  const records = Array.from({ length: 200 }, (_, n) =>
    recordOf(n, key, roles[n % roles.length]?.arn ?? ''),
  )
  const dir = mkdtempSync(path.join(os.tmpdir(), 'usage-e2e-'))
  writeFileSync(path.join(dir, 'a.json'), JSON.stringify({ Records: records }))
  await login(page, 'data-viewer')
  const usage = `/keys/${key.accountId}/${key.region}/${key.keyId}/usage`
  await page.goto(usage)
  await expect(page.getByText('What is not listed below is unknown, not unused.')).toBeVisible()

  const [, id = ''] = /Import (\d+):/.exec(trailCli('import', dir).stdout) ?? []
  const denied = records.filter(({ errorCode }) => errorCode).length
  // The newest hours are counted first, and those of the company wait too.
  await expect
    .poll(
      async () => {
        const [row] = await query<{ n: number }>(
          'SELECT coalesce(sum(events), 0)::int AS n FROM trail.use WHERE key_arn = $1',
          [key.arn],
        )
        return row?.n
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThanOrEqual(records.length)
  await page.goto(usage)
  await expect(page.getByRole('heading', { name: 'Calls over time' })).toBeVisible()
  const chart = page.getByRole('application', { name: 'Calls over time' })
  await expect(chart).toBeVisible()
  await page.getByRole('button', { name: 'By principal' }).click()
  await expect(page).toHaveURL(/by=principal/)
  await expect(chart, 'other series are drawn as the first were').toBeVisible()
  // LookupEvents brings events of the company beside those of this test.
  const users = page.getByRole('table', { name: 'Who uses this key' })
  for (const { arn } of roles)
    await expect(
      users.locator(`a[href="/access/principals?${new URLSearchParams({ arn })}"]`),
    ).toBeVisible()
  await expectAccessible(page)
  const refused = page.getByText(/^[\d,]+ denied$/).getByRole('link')
  const refusals = await refused.innerText()
  expect(Number(refusals.replaceAll(',', ''))).toBeGreaterThanOrEqual(denied)
  await refused.click()
  await expect(page.getByRole('heading', { level: 1, name: `Trail (${refusals})` })).toBeVisible()

  await page.goto('/trail')
  await page.getByRole('button', { name: 'By operation' }).click()
  await page.getByRole('button', { name: 'Table', exact: true }).click()
  const counts = page.getByRole('table', { name: 'Events over time' })
  // The oldest: nothing comes there any more.
  const count = counts.getByRole('link').last()
  const shown = await count.innerText()
  await count.click()
  await expect(page.getByRole('heading', { level: 1, name: `Trail (${shown})` })).toBeVisible()

  await page.goto('/trail/denied')
  await expect(page.getByText(/^[\d,]+ refused calls in this period$/)).toBeVisible()
  await page
    .getByRole('button', { name: /^Why, kms:/ })
    .first()
    .click()
  await expect(page.getByRole('dialog').getByText(/As of: key policy/)).toBeVisible()
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await expectAccessible(page, page.url(), ['light'])

  const arn = encodeURIComponent(roles[0]?.arn ?? '')
  await page.goto(`/access/principals?arn=${arn}&tab=did`)
  await expect(page.getByRole('heading', { name: /^Permissions and their use/ })).toBeVisible()
  await expectAccessible(page, page.url(), ['light'])
  expect(trailCli('undo', id).stdout).toContain('200 events')
})
