import { expect, type Page } from '@playwright/test'

/** Boxes that the page draws one below the other have room between them. */
export async function expectApart(page: Page): Promise<void> {
  const touching = await page.locator('main').evaluate((main) => {
    const boxes = [...main.querySelectorAll('[class*="awsui_variant-default_"]')]
      .filter((box) => !box.parentElement?.closest('[class*="awsui_variant-default_"]'))
      .map((box) => ({
        name: box.querySelector('h1, h2, h3')?.textContent ?? '',
        at: box.getBoundingClientRect(),
      }))
      .filter(({ at }) => at.width > 200 && at.height > 40)
    return boxes.flatMap(({ name, at }) =>
      boxes
        .filter((other) => other.at.top >= at.bottom - 1 && other.at.top < at.bottom + 8)
        .filter((other) => other.at.left < at.right && at.left < other.at.right)
        .map((other) => `${name} touches ${other.name}`),
    )
  })
  expect(touching, page.url()).toEqual([])
}

/** No table is wider than its box, so that nobody has to swipe for a column. */
export async function expectNothingCutOff(page: Page, what = page.url()): Promise<void> {
  const wide = () =>
    page.locator('main table').evaluateAll((tables) =>
      tables.flatMap((table) => {
        const box = table.parentElement
        const over = box === null ? 0 : box.scrollWidth - box.clientWidth
        return over > 1 ? [`${table.getAttribute('aria-label') ?? 'a table'}: ${over} px`] : []
      }),
    )
  await expect.poll(wide, { message: what }).toEqual([])
}
