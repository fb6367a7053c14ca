import type { Page } from '@playwright/test'

/** Settings, as an administrator uses them. Each waits until the console says that it is done. */
export const settings = (page: Page) => {
  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  const confirm = (title: string) =>
    page.getByRole('dialog').getByRole('button', { name: title, exact: true }).click()
  async function act(name: string, item: string) {
    await page.goto('/settings')
    await row(name)
      .getByRole('button', { name: `Actions for ${name}` })
      .click()
    await page.getByRole('menuitem', { name: item }).click()
  }
  return {
    row,
    async giveRole(name: string, role: string) {
      await act(name, 'Give a role')
      await page.getByRole('button', { name: /Choose a role/ }).click()
      await page.getByRole('option', { name: new RegExp(`^${role}`) }).click()
      await confirm('Give a role')
      await page.getByText(`${name} has the role from now on.`).waitFor()
    },
    /** Ends at the draft of the request. */
    async requestRole(name: string, role: string, why: string) {
      await act(name, 'Give a role')
      await page.getByRole('button', { name: /Choose a role/ }).click()
      await page.getByRole('option', { name: new RegExp(`^${role}`) }).click()
      await page.getByRole('dialog').getByLabel('Justification').fill(why)
      await confirm('Request this role')
      await page.waitForURL(/\/requests\/[0-9a-f-]{36}/, { timeout: 60_000 })
    },
    async takeRole(name: string, role: string) {
      await page.goto('/settings')
      await row(name)
        .getByRole('button', { name: new RegExp(`^Take the role ${role}`) })
        .click()
      await confirm('Take a role')
      await page.getByText(`${name} no longer has the role.`).waitFor()
    },
    async turnOff(name: string) {
      await act(name, 'Turn access off')
      await confirm('Turn access off')
      await page.getByText(`${name} has no access any more.`).waitFor()
    },
    async turnOn(name: string) {
      await act(name, 'Turn access on')
      await confirm('Turn access on')
      await page.getByText(`${name} may sign in again.`).waitFor()
    },
    async endSessions(name: string) {
      await act(name, 'End all sessions')
      await confirm('End all sessions')
      await page.getByText(`Every session of ${name} has ended.`).waitFor()
    },
  }
}
