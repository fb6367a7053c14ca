import { expect, test } from './fixtures'
import { signIn } from './pages/sign-in'
import { product } from './product'
import { expectAccessible } from './support/accessible'

test('someone signs in at the provider, comes back to where they wanted to go, and signs out', async ({
  page,
}) => {
  await page.goto('/settings/groups?x=1')
  await expect(page).toHaveURL(/\/sign-in\?from=%2Fsettings%2Fgroups%3Fx%3D1$/)
  await signIn(page).as('Sigrid Dahl')
  await expect(page).toHaveURL(`${product.url}/settings/groups?x=1`)
  await expect(page.getByRole('heading', { name: 'Groups and their roles' })).toBeVisible()

  const cookies = await page.context().cookies(product.url)
  const session = cookies.find(({ name }) => name.endsWith('.session'))
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', domain: 'localhost' })

  await signIn(page).out()
  await page.goto('/settings')
  await expect(page).toHaveURL(/\/sign-in/)

  await page.context().addCookies(cookies) // as somebody has them who copied the browser's profile
  await page.goto('/settings')
  await expect(page, 'a copied cookie died with its session').toHaveURL(/\/sign-in/)
})

test('the provider is asked anew each time, and another person can come', async ({ page }) => {
  await signIn(page).open('/settings/me')
  await signIn(page).as('Amara Okafor')
  await expect(page.getByRole('heading', { name: 'Amara Okafor' })).toBeVisible()
  await signIn(page).out()
  await signIn(page).as('Dana Kohl')
  await expect(page.getByRole('button', { name: 'Dana Kohl' })).toBeVisible()
})

test('a sign-in that fails ends on the sign-in page, with words', async ({ page }) => {
  await page.goto('/api/auth/callback/oidc?code=made-up&state=made-up')
  await expect(page).toHaveURL(/\/sign-in\?error=OAuthCallback/)
  await expect(page.getByText('Your organization’s sign-in did not complete')).toBeVisible()
  await expect(page.getByRole('button', { name: /Sign in/ })).toBeVisible()
})

test('a newcomer without a role sees no data, but who can help', async ({ page, login }) => {
  await login(page, 'admin') // so that there is an administrator to ask
  await page.goto('/settings/me')
  await login(page, 'newcomer')
  await page.goto('/settings')
  await expect(page.locator('[data-failure=forbidden]')).toContainText('people.read')
  await expect(page.locator('[data-failure=forbidden]')).toContainText('Auditor: Sees everything')
  await expect(page.locator('[data-failure=forbidden]')).toContainText('Sigrid Dahl')
  await expectAccessible(page)
})

test('an address that does not exist is said so, inside the console', async ({ page, login }) => {
  await login(page, 'viewer')
  const response = await page.goto('/no/such/page')
  expect(response?.status()).toBe(404)
  await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Keys', exact: true })).toBeVisible()
})

test('only a path of this console is come back to', async ({ page }) => {
  for (const from of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/api/auth/signout',
    'javascript:alert(1)',
  ]) {
    await page.context().clearCookies()
    await signIn(page).open(from)
    await signIn(page).as('Dana Kohl')
    await expect(page).toHaveURL(`${product.url}/`)
  }
})

test('sign-in and the provider are usable by everyone, in light and dark, wide and narrow', async ({
  page,
}) => {
  for (const width of [1440, 375]) {
    await page.setViewportSize({ width, height: 812 })
    await signIn(page).open()
    await expect(page.getByRole('note')).toContainText('made up')
    await expectAccessible(page)
  }
})

test('the theme that was chosen is there from the first byte and stays', async ({
  page,
  login,
}) => {
  await login(page, 'viewer')
  await page.goto('/settings/me')
  await page.getByRole('radio', { name: 'Dark' }).check()
  await expect(page.locator('body')).toHaveClass(/awsui-dark-mode/)
  const html = await (await page.request.get('/settings/me')).text()
  expect(html).toMatch(/<body class="awsui-dark-mode"/)
  await page.reload()
  await expect(page.locator('body')).toHaveClass(/awsui-dark-mode/)
  await page.getByRole('radio', { name: 'As the device' }).check()
  await expect(page.locator('body')).not.toHaveClass(/awsui-dark-mode/)
})
