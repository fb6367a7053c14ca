import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** What depends on colours, and can differ in the dark. */
const colourRules = ['color-contrast', 'link-in-text-block']

/** Axe finds nothing serious on the page as it stands, in light and in dark. */
export async function expectAccessible(
  page: Page,
  what = page.url(),
  schemes: readonly ('light' | 'dark')[] = ['light', 'dark'],
): Promise<void> {
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expect(page, 'a refresh takes the title away for a moment').toHaveTitle(/./)
    await expect(page.locator('body'), 'the page follows the device').toHaveClass(
      colorScheme === 'dark' ? /awsui-dark-mode/ : /^(?!.*awsui-dark-mode)/,
    )
    // In its legacy mode axe looks at the page itself alone: half the time,
    // and no page here has a frame.
    const axe = new AxeBuilder({ page }).setLegacyMode()
    const { violations } = await (colorScheme === 'dark'
      ? axe.withRules(colourRules)
      : axe
    ).analyze()
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(
      serious.map(
        ({ id, nodes }) =>
          `${id}: ` +
          nodes
            .map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary ?? ''}`)
            .join(' | '),
      ),
      `${what} in ${colorScheme}`,
    ).toEqual([])
  }
  await page.emulateMedia({ colorScheme: 'light' })
}
