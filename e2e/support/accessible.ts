import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, type Page } from '@playwright/test'
import type { RunOptions } from 'axe-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What depends on colours alone: it can differ in the dark, and not with the width. */
const colourRules = ['color-contrast', 'link-in-text-block']

/** Rules whose every finding is minor or moderate, and that look at much: nothing here reads it. */
const slightRules = [
  'aria-allowed-role',
  'empty-heading',
  'empty-table-header',
  'form-field-multiple-labels',
  'heading-order',
  'landmark-banner-is-top-level',
  'landmark-contentinfo-is-top-level',
  'landmark-main-is-top-level',
  'landmark-no-duplicate-banner',
  'landmark-no-duplicate-contentinfo',
  'landmark-no-duplicate-main',
  'landmark-one-main',
  'landmark-unique',
  'page-has-heading-one',
  'presentation-role-conflict',
  'region',
  'scope-attr-valid',
  'skip-link',
  'table-duplicate-name',
]

const without = (rules: readonly string[]): RunOptions => ({
  rules: Object.fromEntries(rules.map((rule) => [rule, { enabled: false }])),
})

/** A dozen rows of a table hold what fifty hold, and axe looks long at each. */
const furtherRows = 'tbody tr:nth-child(n+13)'

/** What axe looks for. */
const looks = {
  light: without(slightRules),
  dark: { runOnly: { type: 'rule', values: colourRules } },
  // The same page drawn in another width has other elements, in the same colours.
  narrow: without([...slightRules, ...colourRules]),
} satisfies Record<string, RunOptions>

/**
 * Axe finds nothing serious on the page as it stands, the first dozen rows of each table: everything
 * in light, what depends on colours in dark. `narrow`: of a page that was looked at in its full
 * width, everything but colours.
 */
export async function expectAccessible(
  page: Page,
  what = page.url(),
  kinds: readonly (keyof typeof looks)[] = ['light', 'dark'],
): Promise<void> {
  for (const kind of kinds) {
    const isDark = kind === 'dark'
    await page.emulateMedia({
      colorScheme: isDark ? 'dark' : 'light',
      reducedMotion: 'reduce',
    })
    await expect(page, 'a refresh takes the title away for a moment').toHaveTitle(/./)
    await expect(page.locator('body'), 'the page follows the device').toHaveClass(
      isDark ? /awsui-dark-mode/ : /^(?!.*awsui-dark-mode)/,
    )
    expect(await findSerious(page, looks[kind]), `${what}, ${kind}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

/** Loads axe once for each document, and returns what it finds to be serious or worse, in words. */
async function findSerious(page: Page, look: RunOptions): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe)
  return page.evaluate(
    async ({ options, exclude }) => {
      const { violations } = await window.axe.run({ exclude }, options)
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => {
          const places = nodes.map(
            ({ target, failureSummary }) => `${target.join(' ')} ${failureSummary ?? ''}`,
          )
          return `${id}: ${places.join(' | ')}`
        })
    },
    {
      exclude: furtherRows,
      // No page here has a frame, plays anything, or needs to hear what is in order.
      options: { ...look, resultTypes: ['violations'], iframes: false, preload: false },
    } satisfies { exclude: string; options: RunOptions },
  )
}

declare global {
  interface Window {
    axe: typeof import('axe-core')
  }
}
