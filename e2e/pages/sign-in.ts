import type { Page } from '@playwright/test'
import { awake } from '../fixtures'

/** The sign-in page and the identity provider behind it, as a person meets them. */
export const signIn = (page: Page) => ({
  open: (from?: string) =>
    page.goto(from ? `/sign-in?from=${encodeURIComponent(from)}` : '/sign-in'),
  /** From our sign-in page to the provider's, where one picks a person by name. */
  async as(name: string) {
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('button', { name: new RegExp(`^${name}`) }).click()
  },
  async out() {
    await awake(page) // coming from the provider is a full load
    await page.getByRole('button', { name: /^(Sigrid Dahl|Amara Okafor|Dana Kohl)$/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByText('You are signed out.').waitFor()
  },
})
