import { expect, type Page } from '@playwright/test'

/** What the acts have in common. */
const controls = (page: Page) => {
  const button = (name: string | RegExp) => page.getByRole('button', { name })
  const named = (act: string, title: string) =>
    page.getByRole('button', { name: `${act}: ${title}`, exact: true })
  const confirm = async (title: string, text = '') => {
    const dialog = page.getByRole('dialog', { name: title })
    if (text) await dialog.getByRole('textbox').fill(text)
    await dialog.getByRole('button', { name: title, exact: true }).click()
    await expect(dialog).toBeHidden({ timeout: 30_000 })
  }
  return { button, named, confirm }
}

/** What those who ask do. */
const asking = (page: Page) => {
  const { button, named, confirm } = controls(page)
  return {
    async send() {
      await button('Send').click()
      await expect(page.getByText(/^R-\d+ is sent\./).first()).toBeVisible({ timeout: 30_000 })
    },
    async discard() {
      await button('Discard').click()
      await confirm('Discard the draft')
    },
    async breakGlass(reason: string) {
      await button('Break the glass').click()
      await confirm('Break the glass', reason)
    },
    async endNow(title: string, reason: string) {
      await named('End now', title).click()
      await confirm('End now', reason)
    },
    async cancel(reason = '') {
      await button('Cancel the request').click()
      await confirm('Cancel the request', reason)
    },
  }
}

/** What those who decide do. */
const deciding = (page: Page) => {
  const { button, named, confirm } = controls(page)
  async function decide(act: 'Approve' | 'Reject', title: string, comment: string) {
    await page.getByLabel(`Comment on: ${title}`).fill(comment)
    // Asked of whoever approves what another account can complete.
    const known = page.getByRole('checkbox', { name: /^I know that the administrators of / })
    if (act === 'Approve') for (const box of await known.all()) await box.check()
    await named(act, title).click()
    await expect(
      page
        .getByText(
          act === 'Approve'
            ? /^(Approved, and about to be done|Your approval counts; more are needed): /
            : /^Rejected: /,
        )
        .first(),
    ).toBeVisible({ timeout: 30_000 })
  }
  return {
    approve: (title: string, comment = '') => decide('Approve', title, comment),
    reject: (title: string, comment: string) => decide('Reject', title, comment),
    approveAll: async (comment = '') => {
      await page.getByLabel(/^Comment on all \d+ shown$/).fill(comment)
      await button(/^Approve all \d+ shown$/).click()
    },
    async comment(text: string) {
      await page.getByLabel('Comment without deciding').fill(text)
      await button('Comment').click()
      await expect(page.getByText(text).first()).toBeVisible({ timeout: 30_000 })
    },
    async review(note: string) {
      await button('Review').click()
      await confirm('Review', note)
    },
  }
}

/**
 * Requests, as those who ask and those who decide use them. Each act waits until the
 * console says that it is done.
 */
export const requests = (page: Page) => {
  const table = (box: 'Waiting for me' | 'Mine' | 'All') =>
    page.getByRole('table', { name: `Requests: ${box}` })
  const change = (title: string) =>
    page
      .locator('.claviger-change')
      .filter({ has: page.getByRole('heading', { level: 2, name: title }) })
  return {
    ...asking(page),
    ...deciding(page),
    table,
    change,
    list: (box: 'waiting' | 'mine' | 'all' = 'all') => page.goto(`/requests?box=${box}`),
    async open(id: string) {
      await page.goto(`/requests/${id}`)
      await expect(page.getByRole('heading', { name: 'Audit log' })).toBeVisible()
    },
    /** The id in the address of the request that is open. */
    id: () => new URL(page.url()).pathname.split('/').at(-1) ?? '',
    /** From a list, by its title. */
    async choose(title: string) {
      await page.getByRole('link', { name: title, exact: true }).first().click()
      await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
    },
    /** Who would be asked, before it is sent. */
    willBeAsked: () => page.getByText(/^Will be asked: /),
    /** How a change stands, as its card says it: changes by itself while the page is open. */
    expectStatus: (title: string, words: string | RegExp, timeout = 60_000) =>
      expect(change(title).getByText(words, { exact: true }).first()).toBeVisible({ timeout }),
  }
}
