import { test as base, expect, type Page } from '@playwright/test'
import type { Who } from './support/people'
import { sessionOf } from './support/session'

type Fixtures = {
  /**
   * Makes the page's browser that of a signed-in person. The sign-in itself is
   * real, and done once a run.
   */
  login: (page: Page, who: Who) => Promise<void>
  /** Fails the test when a page broke its content security policy, failed to hydrate, or threw. */
  faults: string[]
}

const isFault = (text: string) => /content security policy|hydrat|Minified React error/i.test(text)

/**
 * A click before React is awake is a click lost, so whoever goes somewhere waits for it. Pages
 * beyond the console have no such mark.
 */
export const awake = (page: Page): Promise<void> =>
  page
    .locator('html[data-awake]')
    .waitFor({ state: 'attached', timeout: 20_000 })
    .catch(() => undefined)

/** Waits for React by itself wherever the test says to go. */
export function awaitReact(page: Page): Page {
  const isAwake = () => awake(page)
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)]
  page.goto = async (...to) => {
    const response = await goto(...to)
    await isAwake()
    return response
  }
  page.reload = async (...options) => {
    const response = await reload(...options)
    await isAwake()
    return response
  }
  return page
}

export const test = base.extend<Fixtures>({
  page: async ({ page }, provide) => provide(awaitReact(page)),
  login: async ({}, provide) => {
    await provide(async (page, who) => {
      await page.context().clearCookies()
      await page.context().addCookies((await sessionOf(who)).cookies)
    })
  },
  faults: [
    async ({ context }, provide) => {
      const faults: string[] = []
      context.on('console', (message) => {
        if (message.type() === 'error' && isFault(message.text()))
          faults.push(`${message.page()?.url()}: ${message.text()}`)
      })
      context.on('weberror', (error) =>
        faults.push(`${error.page()?.url()}: ${error.error().stack ?? error.error().message}`),
      )
      await context.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) =>
          console.error(
            `content security policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`,
          ),
        )
      })
      await provide(faults)
      expect(faults, 'policy violations and errors of the pages').toEqual([])
    },
    { auto: true },
  ],
})

export { expect }
