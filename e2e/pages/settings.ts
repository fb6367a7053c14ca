import type { Page } from '@playwright/test'

/** Settings, as an administrator uses them. Each waits until the console says that it is done. */
export const settings = (page: Page) => {
  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  const confirm = (title: string) => page.getByRole('dialog').getByRole('button', { name: title, exact: true }).click()
  async function act(name: string, item: string) {
    await page.goto('/settings')
    await row(name).getByRole('button', { name: `Actions for ${name}` }).click()
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
    async takeRole(name: string, role: string) {
      await page.goto('/settings')
      await row(name).getByRole('button', { name: new RegExp(`^Take the role ${role}`) }).click()
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
