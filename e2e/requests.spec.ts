import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  KMSClient,
} from '@aws-sdk/client-kms'
import { expect, test } from './fixtures'
import { requestForm } from './pages/request-form'
import { requests } from './pages/requests'
import { product } from './product'
import { expectAccessible } from './support/accessible'
import { query, someKeyOf, type KnownKey } from './support/inventory'
import { dataAccount } from './support/people'
import { forgetSessions, sessionOf } from './support/session'

test.describe.configure({ mode: 'serial' })

const devAccount = '754093268140'
/** The administrator of an account of the sandbox: the world outside of Claviger. */
const kms = (accountId: string, region: string) =>
  new KMSClient({
    endpoint: product.sandboxUrl,
    region,
    credentials: { accessKeyId: accountId, secretAccessKey: 'any' },
    maxAttempts: 1,
  })

const keys: KnownKey[] = []
async function keyNumber(index: number): Promise<KnownKey> {
  if (keys.length === 0) {
    await someKeyOf(devAccount)
    const find = () =>
      query<KnownKey>(
        `SELECT k."arn", k."accountId", k."region", k."keyId" FROM "Key" k
          JOIN "PolicyDocument" p ON p."hash" = k."policyHash"
       WHERE k."accountId" = $1 AND k."keyManager" = 'CUSTOMER' AND k."keyState" = 'Enabled'
         AND k."keySpec" = 'SYMMETRIC_DEFAULT' AND k."origin" = 'AWS_KMS' AND k."scope" = 'single'
         AND p."text" LIKE '%:root"%' AND k."tags" IS NOT NULL ORDER BY k."arn"`,
        [devAccount],
      )
    await expect.poll(async () => (await find()).length, { timeout: 90_000 }).toBeGreaterThan(2)
    keys.push(...(await find()))
  }
  const key = keys[index]
  if (!key) throw new Error('the demo has too few keys')
  return key
}

/** Moves the console's clock of endings and AWS's own together. */
async function letDaysPass(days: number) {
  await query(
    `CREATE OR REPLACE FUNCTION claviger_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
      SELECT now() + interval '${days} days' $$`,
  )
  const answer = await fetch(`${product.sandboxUrl}/_sandbox/clock`, {
    method: 'POST',
    body: JSON.stringify({ advanceDays: days }),
  })
  expect(answer.ok).toBe(true)
  await query('NOTIFY claviger_work') // by that clock other things are due
  forgetSessions() // by that clock they are over
}
// Who has never signed in is not known, and cannot be asked.
test.beforeAll(async () => {
  for (const who of ['approver', 'approver-2'] as const) await sessionOf(who)
})
test.afterAll(() =>
  query(
    `CREATE OR REPLACE FUNCTION claviger_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT now() $$`,
  ),
)

const titleOf = async (requestId: string) =>
  (
    await query<{ title: string }>(
      'SELECT "title" FROM "Change" WHERE "requestId" = $1::uuid ORDER BY "position" LIMIT 1',
      [requestId],
    )
  )[0]?.title ?? ''

test('a grant to another account is asked for, understood, approved, used, and over at its end', async ({
  page,
  login,
}) => {
  test.setTimeout(180_000)
  const key = await keyNumber(0)
  const context = { shipment: 'reefer-7' }
  const { CiphertextBlob } = await kms(devAccount, key.region).send(
    new EncryptCommand({
      KeyId: key.arn,
      Plaintext: Buffer.from('cold chain'),
      EncryptionContext: context,
    }),
  )
  const decrypt = (given?: Record<string, string>) =>
    kms(dataAccount, key.region)
      .send(new DecryptCommand({ CiphertextBlob, KeyId: key.arn, EncryptionContext: given }))
      .then(
        () => 'decrypted',
        (error: Error) => error.name,
      )
  expect(await decrypt(context)).toBe('AccessDeniedException')

  await login(page, 'requester')
  await page.goto(`/requests/new?kind=grant-create&key=${encodeURIComponent(key.arn)}`)
  await page.getByRole('radio', { name: /^Decrypt with an encryption context/ }).check()
  await page.getByRole('combobox', { name: 'Who' }).fill(`arn:aws:iam::${dataAccount}:root`)
  await page.keyboard.press('Escape')
  await page.getByRole('textbox', { name: 'Key 1' }).fill('shipment')
  await page.getByRole('textbox', { name: 'Value 1' }).fill('reefer-7')
  await page.getByRole('radio', { name: 'Exactly this' }).check()
  await expect(page.getByRole('radio', { name: /After 7 days/ })).toBeChecked()
  await page
    .getByRole('textbox', { name: 'Justification' })
    .fill('The data team reads reefer 7 for the claim.')
  await page.getByRole('button', { name: 'Preview' }).click()
  const view = requests(page)
  await expect(view.willBeAsked()).toContainText('Amara Okafor', { timeout: 30_000 })
  const id = view.id()
  await expect(page.getByText(/^Dry run passed: AWS allows kms:CreateGrant/)).toBeVisible()
  await view.send()
  const title = await titleOf(id)

  await login(page, 'approver')
  await view.list('waiting')
  await view.open(id)
  await expect(
    view
      .change(title)
      .getByText(/638820417753/)
      .first(),
  ).toBeVisible()
  await expectAccessible(page)
  await view.approve(title, 'Seen with the data team')
  await view.expectStatus(title, /^Active until /)
  expect(await decrypt(context)).toBe('decrypted')
  expect(await decrypt()).not.toBe('decrypted')
  expect(await decrypt({ shipment: 'reefer-8' })).not.toBe('decrypted')

  await letDaysPass(8)
  await login(page, 'approver')
  await view.open(id)
  await view.expectStatus(title, 'Ended and undone')
  expect(await decrypt(context)).toBe('AccessDeniedException')
  for (const proof of [
    'Amara Okafor',
    'Seen with the data team',
    'change.reverted',
    /Seen in CloudTrail|Not yet seen in CloudTrail|Unknown whether CloudTrail/,
  ])
    await expect(page.getByText(proof).filter({ visible: true }).first()).toBeVisible()
})

test('a policy is changed the same way', async ({ page, login }) => {
  test.setTimeout(120_000)
  const key = await keyNumber(1)
  const admin = kms(devAccount, key.region)
  const { Policy = '' } = await admin.send(new GetKeyPolicyCommand({ KeyId: key.arn }))
  const document = JSON.parse(Policy) as { Statement: object[] }
  document.Statement.push({
    Sid: 'DataReads',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${dataAccount}:root` },
    Action: 'kms:DescribeKey',
    Resource: '*',
  })

  await login(page, 'requester')
  await page.goto(`/requests/new?kind=policy-put&key=${encodeURIComponent(key.arn)}`)
  await page.getByRole('textbox', { name: /^Key policy asked for/ }).click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(JSON.stringify(document, null, 2))
  await page
    .getByRole('textbox', { name: 'Justification' })
    .fill('The data team sees what the key is.')
  await page.getByRole('button', { name: 'Preview' }).click()
  const view = requests(page)
  await expect(view.willBeAsked()).toBeVisible({ timeout: 30_000 })
  const id = view.id()
  await view.send()
  const title = await titleOf(id)

  for (const who of ['approver', 'approver-2'] as const) {
    await login(page, who)
    await view.open(id)
    if ((await view.change(title).getByText('Waiting for approval').count()) === 0) break
    await expect(view.change(title).getByText('DataReads').first()).toBeVisible()
    if (who === 'approver') {
      await page.getByLabel(`Comment on: ${title}`).fill('Read the difference')
      await page.getByRole('button', { name: `Approve: ${title}`, exact: true }).click()
      await expect(
        page.getByText(/^Confirm that you know: the administrators of account/),
      ).toBeVisible({ timeout: 30_000 })
    }
    await view.approve(title, 'Read the difference')
  }
  await view.expectStatus(title, 'Done')
  expect((await admin.send(new GetKeyPolicyCommand({ KeyId: key.arn }))).Policy).toContain(
    'DataReads',
  )
})

test('a deletion is scheduled by two, and cancelled', async ({ page, login }) => {
  test.setTimeout(150_000)
  const key = await keyNumber(2)
  const state = async () =>
    (await kms(devAccount, key.region).send(new DescribeKeyCommand({ KeyId: key.arn }))).KeyMetadata
      ?.KeyState
  const view = requests(page)
  const ask = async (kind: string) => {
    await login(page, 'requester')
    await page.goto(`/requests/new?kind=${kind}&key=${encodeURIComponent(key.arn)}`)
    await page.getByRole('textbox', { name: 'Justification' }).fill(`For the test of ${kind}`)
    await page.getByRole('button', { name: 'Preview' }).click()
    await expect(view.willBeAsked()).toBeVisible({ timeout: 30_000 })
    const id = view.id()
    await view.send()
    return { id, title: await titleOf(id) }
  }
  const approveAs = async (
    who: 'approver' | 'approver-2',
    { id, title }: { id: string; title: string },
  ) => {
    await login(page, who)
    await view.open(id)
    await view.approve(title, 'Nobody has used it')
  }
  const deletion = await ask('deletion-schedule')
  await approveAs('approver', deletion)
  await view.expectStatus(deletion.title, 'Waiting for approval')
  expect(await state()).toBe('Enabled')
  await approveAs('approver-2', deletion)
  await view.expectStatus(deletion.title, 'Done')
  expect(await state()).toBe('PendingDeletion')

  const cancel = await ask('deletion-cancel')
  await approveAs('approver', cancel)
  await view.expectStatus(cancel.title, 'Done')
  expect(await state()).toBe('Disabled')
  await login(page, 'requester')
  await view.open(cancel.id)
  await expect(page.getByRole('link', { name: 'Enable the key…' })).toBeVisible()
})

test('what AWS will refuse to our role is said before anyone is asked, and is not sent', async ({
  page,
  login,
}) => {
  test.setTimeout(180_000)
  const find = () =>
    query<KnownKey>(
      `SELECT k."arn", k."accountId", k."region", k."keyId" FROM "Key" k
        JOIN "IamEntity" i ON i."accountId" = k."accountId"
     WHERE 'alias/play/lockout' = ANY(k."aliases") AND k."policyHash" IS NOT NULL AND i."name" = 'ClavigerWrite'`,
    )
  await expect.poll(async () => (await find()).length, { timeout: 90_000 }).toBe(1)
  const [key] = await find()

  await login(page, 'requester')
  const form = requestForm(page)
  await form.open('description', [key?.arn ?? ''])
  await form.fill('Description', 'Nobody may say so')
  await form.because('To see what the preview says')
  await form.preview()
  await expect(
    page.getByText('AWS will refuse this, so it cannot be sent as things are'),
  ).toBeVisible({ timeout: 30_000 })
  await expect(
    page.getByText(/No statement of the key policy allows kms:UpdateKeyDescription/).first(),
  ).toBeVisible()
  await expect(
    page.getByText('No dry run available: AWS has none for this operation.'),
  ).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByText(/AWS will refuse this, so nobody is asked/)).toBeVisible({
    timeout: 30_000,
  })
  await requests(page).discard()
})
