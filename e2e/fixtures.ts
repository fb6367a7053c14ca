import { test as base, expect, type Page } from '@playwright/test'
import type { Who } from './support/people'
import { sessionOf } from './support/session'

type Fixtures = {
  /** Makes the page's browser that of a signed-in person. The sign-in itself is real, and done once a run. */
  login: (page: Page, who: Who) => Promise<void>
  /** Fails the test when a page broke its content security policy, failed to hydrate, or threw. */
  faults: string[]
}

const isFault = (text: string) => /content security policy|hydrat|Minified React error/i.test(text)

export const test = base.extend<Fixtures>({
  login: async ({}, provide) => {
    await provide(async (page, who) => {
      await page.context().clearCookies()
      await page.context().addCookies((await sessionOf(who)).cookies)
    })
  },
  faults: [async ({ context }, provide) => {
    const faults: string[] = []
    context.on('console', (message) => {
      if (message.type() === 'error' && isFault(message.text())) faults.push(`${message.page()?.url()}: ${message.text()}`)
    })
    context.on('weberror', (error) => faults.push(`${error.page()?.url()}: ${error.error().stack ?? error.error().message}`))
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => console.error(`content security policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`))
    })
    await provide(faults)
    expect(faults, 'policy violations and errors of the pages').toEqual([])
  }, { auto: true }],
})

export { expect }
