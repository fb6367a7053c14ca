import type { Page } from '@playwright/test'
import { expect, awaitReact, test } from './fixtures'
import { expectAccessible } from './support/accessible'
import { sessionOf } from './support/session'

test.describe.configure({ timeout: 180_000 })

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
async function choose(page: Page, label: string, option: RegExp) {
  await page.getByRole('dialog').getByRole('button', { name: label }).click()
  await page.getByRole('option', { name: option }).click()
}

test('whoever may ask sees what a change needs, and asks for other rules with the difference in words', async ({
  page,
  login,
}) => {
  await login(page, 'key-administrator')
  await page.goto('/settings/approval-rules')
  await expect(page.getByRole('heading', { name: /Rules in force, as shipped/ })).toBeVisible()
  await page.getByRole('button', { name: /^Risk/ }).click()
  await page.getByRole('option', { name: 'critical' }).click()
  await expect(
    page.getByText('2 approvals by whoever may decide in the account, never by who asks.'),
  ).toBeVisible()
  await expect(page.getByText(/^If you asked/)).toBeVisible()

  await page.getByRole('link', { name: 'Change the rules' }).click()
  await expect(page.getByText('Nothing yet: these are the rules in force.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Request this change' })).toBeDisabled()
  await page.getByRole('button', { name: 'Add a rule' }).click()
  await page.getByLabel('Name', { exact: true }).last().fill('')
  await expect(page.getByText('A rule without a name')).toBeVisible()
  await page.getByRole('checkbox', { name: 'A ticket must be named' }).last().click()
  await page.getByRole('button', { name: 'Request this change' }).click()
  await expect(page.getByText('Name the rule.', { exact: true })).toBeVisible()
  await expect(page.getByText('Say why this is needed.', { exact: true })).toBeVisible()

  await page.getByLabel('Name', { exact: true }).last().fill('Tickets everywhere')
  await expect(
    page.getByText(
      'Rule “Tickets everywhere” is new: about every change, 1 approval, a ticket, no comment needed',
    ),
  ).toBeVisible()
  // by the rules asked for, not by those in force
  await expect(page.getByText('A ticket must be named.')).toHaveCount(1)
  await page.getByLabel('Justification').fill('Auditors want a ticket with every change.')
  await page.getByRole('button', { name: 'Request this change' }).click()
  await page.waitForURL(/\/requests\/[0-9a-f-]{36}/, { timeout: 60_000 })
  await expect(
    page.getByRole('heading', { name: /Change the approval rules/ }).first(),
  ).toBeVisible()
})

test('an approver names a delegate, who sees what they may decide; either can end it', async ({
  page,
  browser,
  login,
}) => {
  await login(page, 'approver')
  const viewer = awaitReact(
    await (await browser.newContext({ storageState: await sessionOf('viewer') })).newPage(),
  )
  await viewer.goto('/settings/stand-ins') // as older notices call it
  await expect(viewer).toHaveURL(/\/settings\/delegates$/u)
  await expect(viewer.getByText('No delegates that concern you.')).toBeVisible()
  await expect(viewer.getByRole('button', { name: 'Name a delegate' })).toHaveCount(0)

  await page.goto('/settings/delegates')
  await page.getByRole('button', { name: 'Name a delegate' }).click()
  await expect(page.getByLabel('Who is away'), 'for oneself alone').toHaveCount(0)
  await choose(page, 'Delegate Choose a person', /Dana Kohl/)
  await page.getByRole('dialog').getByRole('textbox', { name: 'Until and with' }).fill(inDays(-3))
  await page.getByRole('dialog').getByRole('button', { name: 'Name a delegate' }).click()
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText(
    'It must end after it begins.',
  )
  await page.getByRole('dialog').getByRole('textbox', { name: 'Until and with' }).fill(inDays(5))
  await expect(page.getByRole('dialog')).toContainText(
    'Dana Kohl can decide what you can: as Approver in every account. Never about a request ' +
      'of Dana Kohl, nor of yours.',
  )
  await page.getByRole('dialog').getByRole('button', { name: 'Name a delegate' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'Dana Kohl' })).toContainText('Now')

  await viewer.reload()
  const row = viewer.getByRole('row').filter({ hasText: 'Amara Okafor' })
  await expect(row).toContainText('as Approver in every account')
  await row.getByRole('button', { name: /^End/ }).click()
  await viewer.getByRole('dialog').getByRole('button', { name: 'End it now' }).click()
  await expect(row).toContainText('Ended early')
  await viewer.context().close()
})

test('an administrator says that two identities are one person, and takes it back', async ({
  page,
  login,
}) => {
  await login(page, 'approver-2') // known here from now on
  await page.goto('/settings/me')
  await login(page, 'admin')
  await page.goto('/settings/identities')
  await page.getByRole('button', { name: 'Link two identities' }).click()
  await choose(page, 'One identity Choose an identity', /Amara Okafor/)
  await choose(page, 'The other identity Choose an identity', /Bilal Haddad/)
  await page.getByRole('dialog').getByRole('button', { name: 'Link two identities' }).click()
  await expect(page.getByText('Say how you know.')).toBeVisible()
  await page.getByLabel('How you know').fill('one badge')
  await page.getByRole('dialog').getByRole('button', { name: 'Link two identities' }).click()
  const row = page.getByRole('row').filter({ hasText: 'Bilal Haddad' })
  await expect(row).toContainText('Sigrid Dahl linked')
  await expect(row).toContainText('one badge')

  await login(page, 'auditor')
  await page.goto('/settings/identities')
  await expect(row).toContainText('one badge')
  await expect(page.getByRole('button', { name: /^Remove the link/ })).toHaveCount(0)

  await login(page, 'admin')
  await page.goto('/settings/identities')
  await row.getByRole('button', { name: /^Remove the link/ }).click()
  await expect(page.getByRole('dialog')).toContainText(
    'each may decide about what the other asks for',
  )
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the link' }).click()
  await expect(page.getByText('Everybody here is known under one identity.')).toBeVisible()
})

test('rules, delegates and identities are usable by everyone, in light and dark, wide and narrow', async ({
  page,
  login,
}) => {
  test.setTimeout(300_000)
  await login(page, 'admin')
  for (const width of [1440, 375]) {
    await page.setViewportSize({ width, height: 812 })
    for (const path of [
      '/settings/approval-rules',
      '/settings/approval-rules/change',
      '/settings/delegates',
      '/settings/identities',
    ]) {
      await page.goto(path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expectAccessible(page, path, width === 1440 ? ['light', 'dark'] : ['narrow'])
    }
  }
  await page.getByRole('button', { name: 'Link two identities' }).click()
  await expectAccessible(page, 'a dialog')
  await page.goto('/settings/delegates')
  await page.getByRole('button', { name: 'Name a delegate' }).click()
  await expectAccessible(page, 'a dialog')
  await page.goto('/settings/approval-rules/change')
  await page.getByRole('button', { name: 'Add a rule' }).click()
  await page.getByRole('button', { name: 'Add a tag' }).last().click()
  await expectAccessible(page, 'a rule')
})
