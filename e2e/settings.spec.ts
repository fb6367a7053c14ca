import { awake, expect, awaitReact, test } from './fixtures'
import { requests } from './pages/requests'
import { settings } from './pages/settings'
import { expectAccessible } from './support/accessible'
import { forgetSessions, sessionOf, signInByHttp } from './support/session'

test.describe.configure({ timeout: 120_000 })

test('a role by hand works with the next click, and is gone with the next click', async ({
  page,
  browser,
  login,
}) => {
  await login(page, 'admin')
  const newcomer = awaitReact(
    await (await browser.newContext({ storageState: await sessionOf('newcomer') })).newPage(),
  )
  await newcomer.goto('/')
  await expect(newcomer.locator('[data-failure=forbidden]')).toBeVisible()

  await settings(page).giveRole('Petra Novak', 'Viewer')
  await newcomer.goto('/')
  await expect(newcomer.getByRole('heading', { name: 'Overview' })).toBeVisible()
  await newcomer.goto('/settings')
  await expect(newcomer.locator('[data-failure=forbidden]')).toBeVisible()

  await settings(page).takeRole('Petra Novak', 'Viewer')
  await newcomer.getByRole('link', { name: 'Overview' }).first().click()
  await expect(newcomer.locator('[data-failure=forbidden]')).toContainText('keys.read')
  await newcomer.context().close()
})

test('a role that decides is a request, which another administrator approves', async ({
  page,
  login,
}) => {
  await Promise.all([sessionOf('admin-2'), sessionOf('newcomer')])
  await login(page, 'admin')
  await settings(page).requestRole('Petra Novak', 'Approver', 'On call from December.')
  const id = requests(page).id()
  const title =
    'Give Petra Novak (petra.novak@haldenfreight.example) the role Approver in every account'
  await expect(page.getByText(/^Will be asked: Runa Lindqvist/)).toBeVisible()
  await requests(page).send()
  await expect(page.getByRole('button', { name: `Approve: ${title}` })).toHaveCount(0)

  await login(page, 'admin-2')
  await requests(page).open(id)
  await requests(page).approve(title, 'Known to me.')
  await requests(page).expectStatus(title, 'Done')
  await page.goto('/settings')
  await expect(settings(page).row('Petra Novak')).toContainText('Approver')
  await settings(page).takeRole('Petra Novak', 'Approver')
})

test('sessions are listed, for oneself and for administrators, and ended one by one', async ({
  page,
  browser,
  login,
}) => {
  const browsers = await Promise.all(
    ['viewer', 'viewer'].map(async () => {
      const signedIn = await signInByHttp('viewer')
      const state = await signedIn.storageState()
      await signedIn.dispose()
      return awaitReact(await (await browser.newContext({ storageState: state })).newPage())
    }),
  )
  const [first, second] = browsers
  if (!first || !second) throw new Error('no browsers')
  await first.goto('/settings/me')
  await first
    .getByRole('row')
    .filter({ hasText: 'this one' })
    .getByRole('button', { name: /^End the session/ })
    .click()
  await expect(first).toHaveURL(/\/sign-in/)
  await first.goto('/settings/me')
  await expect(first).toHaveURL(/\/sign-in/)
  await second.goto('/settings/me')
  await expect(second.getByRole('heading', { name: 'Dana Kohl' })).toBeVisible()

  await login(page, 'admin')
  await page.goto('/settings')
  await settings(page)
    .row('Dana Kohl')
    .getByRole('button', { name: 'Actions for Dana Kohl' })
    .click()
  await page.getByRole('menuitem', { name: 'Sessions', exact: true }).click()
  await expect(page.getByRole('heading', { name: /Sessions of one person/ })).toBeVisible()
  await awake(page) // the menu of a person loads the page anew
  await page
    .getByRole('button', { name: /^End the session of Dana Kohl/ })
    .first()
    .click() // the newest
  await expect(page.getByText(/^The session of Dana Kohl in .* has ended/)).toBeVisible()
  await second.reload()
  await expect(second).toHaveURL(/\/sign-in/)
  for (const one of browsers) await one.context().close()
})

test('access that is turned off ends with the next click, and an ended session does not come back', async ({
  page,
  browser,
  login,
}) => {
  await login(page, 'admin')
  const state = await sessionOf('viewer')
  const viewer = awaitReact(await (await browser.newContext({ storageState: state })).newPage())
  await viewer.goto('/settings/me')
  await expect(viewer.getByRole('heading', { name: 'Dana Kohl' })).toBeVisible()

  await settings(page).turnOff('Dana Kohl')
  await viewer.reload()
  await expect(viewer).toHaveURL(/\/sign-in/)
  await expect(signInByHttp('viewer')).rejects.toThrow(/error=Disabled/)

  await settings(page).turnOn('Dana Kohl')
  await viewer.goto('/settings/me')
  await expect(viewer, 'the old cookie stays worthless').toHaveURL(/\/sign-in/)
  forgetSessions()
  await viewer.context().addCookies((await sessionOf('viewer')).cookies)
  await viewer.goto('/settings/me')
  await expect(viewer.getByRole('heading', { name: 'Dana Kohl' })).toBeVisible()
  await settings(page).endSessions('Dana Kohl')
  await viewer.reload()
  await expect(viewer).toHaveURL(/\/sign-in/)
  forgetSessions()
  await viewer.context().close()
})

test('a mapping can be added and removed, after saying what it takes', async ({ page, login }) => {
  await login(page, 'admin')
  await page.goto('/settings/groups')
  await page.getByRole('button', { name: 'Add a mapping' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Add a mapping' }).click()
  await expect(page.getByText('Choose a role.')).toBeVisible()
  await page.getByLabel('Group', { exact: true }).fill('night-shift')
  await page.getByRole('button', { name: /Choose a role/ }).click()
  await page.getByRole('option', { name: /^Viewer/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Add a mapping' }).click()
  await expect(page.getByText('people in night-shift have the role')).toBeVisible()

  await page.getByRole('button', { name: 'Remove the mapping of night-shift to Viewer' }).click()
  await expect(page.getByRole('dialog')).toContainText(
    '0 people lose the role Viewer in every account at once',
  )
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the mapping' }).click()
  await expect(page.getByText('It took the role from 0 people')).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: 'night-shift' })).toHaveCount(0)
})

test('the last administrator cannot be lost, and who may only read is offered nothing else', async ({
  page,
  login,
}) => {
  await login(page, 'admin')
  await page.goto('/settings/groups')
  await page
    .getByRole('button', { name: 'Remove the mapping of claviger-admins to Administrator' })
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the mapping' }).click()
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('nobody who administers')

  await login(page, 'auditor')
  await page.goto('/settings')
  await expect(page.getByRole('heading', { name: /^People/ })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Actions for/ })).toHaveCount(0)
})

test('settings are usable by everyone, in light and dark, wide and narrow', async ({
  page,
  login,
}) => {
  test.setTimeout(300_000) // axe, twenty times
  await login(page, 'admin')
  for (const width of [1440, 375]) {
    await page.setViewportSize({ width, height: 812 })
    for (const path of [
      '/settings',
      '/settings/sessions',
      '/settings/groups',
      '/settings/installation',
      '/settings/me',
      '/no/such/page',
    ]) {
      await page.goto(path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expectAccessible(page, path, width === 1440 ? ['light', 'dark'] : ['narrow'])
    }
  }
  await page.goto('/settings')
  await page.getByRole('button', { name: 'Actions for Sigrid Dahl' }).first().click()
  await page.getByRole('menuitem', { name: 'Give a role' }).click()
  await expectAccessible(page, 'a dialog')
})

test('the frame on a phone: the navigation opens, leads on, and closes', async ({
  page,
  login,
}) => {
  await login(page, 'admin')
  await page.setViewportSize({ width: 375, height: 812 })
  await page.goto('/settings/me')
  const keys = page
    .getByRole('navigation', { name: 'Side navigation' })
    .getByRole('link', { name: 'Keys', exact: true })
  await expect(keys).toBeHidden()
  await page.getByRole('button', { name: /open.*navigation/i }).click()
  await keys.click()
  await expect(page).toHaveURL(/\/keys/)
  await expect(keys).toBeHidden()
})
