import { expect, test } from '@playwright/test'
import { product } from './product'

test('what npm start started answers: console, sandbox, identity provider', async ({ request }) => {
  expect((await request.get('/api/ready')).status()).toBe(200)
  expect(await (await request.get(`${product.sandboxUrl}/_sandbox/health`)).json()).toMatchObject({
    ok: true,
    scenario: 'demo',
  })
  expect(
    (await request.get(`${product.identityProviderUrl}/.well-known/openid-configuration`)).status(),
  ).toBe(200)
})

test('a person without a session is asked to sign in, and the offer leads to the identity provider', async ({
  page,
}) => {
  await page.goto('/')
  await expect(page).toHaveURL(/\/sign-in/)
  await page.getByRole('button', { name: /sign in/i }).click()
  await expect(page).toHaveURL(new RegExp(`^${product.identityProviderUrl}/`))
})
