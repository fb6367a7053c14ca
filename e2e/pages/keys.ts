import { expect, type Page } from '@playwright/test'

/** A click before the page has woken up is lost. */
const openViewsOf = (page: Page) =>
  expect(async () => {
    if ((await page.getByRole('menuitem', { name: /Save as/ }).count()) === 0)
      await page.getByRole('button', { name: 'Views' }).click()
    await expect(page.getByRole('menuitem', { name: /Save as/ })).toBeVisible({ timeout: 2000 })
  }).toPass()

const countsOf = (page: Page) => page.locator('.claviger-facets-side')

const showCountsOf = (page: Page) =>
  expect(async () => {
    const button = page.getByRole('button', { name: 'Counts', exact: true })
    if ((await button.count()) > 0) await button.click()
    await expect(countsOf(page)).toBeVisible({ timeout: 2000 })
  }).toPass()

/** The table of keys, as a person uses it. */
export const keys = (page: Page) => {
  const table = page.getByRole('table', { name: 'Keys' })
  const rows = table.locator('tbody tr').filter({ has: page.getByRole('link') })
  const counts = countsOf(page)
  const openViews = () => openViewsOf(page)
  return {
    openViews,
    table,
    rows,
    counts,
    async open(query = '') {
      await page.goto(`/keys${query ? `?${query}` : ''}`)
      await expect(page.getByRole('heading', { name: /^Keys/ }).first()).toBeVisible()
      await showCountsOf(page)
    },
    /** What the heading counts. */
    async total(): Promise<number> {
      const text = await page.getByRole('heading', { name: /^Keys/ }).first().innerText()
      return Number(/\(([\d,]+)\)/.exec(text)?.[1]?.replaceAll(',', '') ?? Number.NaN)
    },
    facet: (value: string) =>
      counts.getByRole('link').filter({ has: page.getByText(value, { exact: true }) }),
    /** How many the panel says there are of a value. */
    async count(value: string): Promise<number> {
      return Number(
        (await this.facet(value).locator('.claviger-facet-count').innerText()).replaceAll(',', ''),
      )
    },
    async typeFilter(text: string) {
      await page.getByRole('combobox', { name: /^Filter keys/ }).fill(text)
      await page.keyboard.press('Enter')
    },
    /** By keyboard: the kit lays its sticky copy of the header over the one that has the roles. */
    sortBy: (column: string) =>
      table
        .getByRole('columnheader', { name: new RegExp(`^${column}`) })
        .getByRole('button')
        .first()
        .press('Enter'),
    async saveView(name: string, { shared = false } = {}) {
      await openViews()
      await page.getByRole('menuitem', { name: /Save as/ }).click()
      await page.getByRole('dialog').getByLabel('Name').fill(name)
      if (shared) await page.getByRole('dialog').getByText('Show it to the team').click()
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
      await expect(page.getByRole('dialog')).toBeHidden()
    },
    async openView(name: string) {
      await openViews()
      await page
        .getByRole('menuitem', { name: new RegExp(name) })
        .first()
        .click()
    },
  }
}

/** Quick search, by keyboard alone. */
export const palette = (page: Page) => ({
  async open(key = '/') {
    await expect(async () => {
      await page.keyboard.press(key)
      await expect(page.getByRole('combobox', { name: /^Search keys/ })).toBeFocused({
        timeout: 2000,
      })
    }).toPass()
  },
  hits: page.getByRole('dialog').getByRole('option'),
})
