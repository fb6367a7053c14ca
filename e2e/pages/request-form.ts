import { expect, type Page } from '@playwright/test'

/** The forms in which a person asks for a change. */
export const requestForm = (page: Page) => {
  const field = (label: string) =>
    page
      .getByRole('textbox', { name: label, exact: true })
      .or(page.getByRole('combobox', { name: label, exact: true }))
      .or(page.getByRole('spinbutton', { name: label, exact: true }))
  return {
    async open(
      kind: string,
      keyArns: readonly string[] = [],
      more: Readonly<Record<string, string>> = {},
    ) {
      const search = new URLSearchParams({ kind, ...more })
      for (const arn of keyArns) search.append('key', arn)
      await page.goto(`/requests/new?${search}`)
      await expect(page.getByRole('button', { name: 'Preview' })).toBeVisible()
    },
    field,
    fill: (label: string, value: string) => field(label).fill(value),
    /** A task, an origin, an end: whatever is chosen by a round button. */
    choose: (label: string) => page.getByRole('radio', { name: label }).check({ force: true }),
    tick: (label: string) =>
      page.getByRole('checkbox', { name: label, exact: true }).check({ force: true }),
    /** Why, without which nothing can be asked. */
    because: (reason: string) => field('Justification').fill(reason),
    /** To the draft, which says what it means; answers its id. */
    async preview(): Promise<string> {
      await page.getByRole('button', { name: 'Preview' }).click()
      await page.waitForURL(/\/requests\/[0-9a-f-]{36}$/)
      return new URL(page.url()).pathname.split('/').at(-1) ?? ''
    },
  }
}
