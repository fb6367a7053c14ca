import { expect, test } from './fixtures'

test.describe.configure({ timeout: 300_000 })

/**
 * Every link of the overview that says a number, found as a screen reader finds it:
 * what it is called, and its count.
 */
const numbered = /^(?<label>.+): (?<count>[\d,]+)$/

const toNumber = (text: string) => Number(text.replaceAll(',', ''))

test('every number of the overview is the count of the page that it opens', async ({
  page,
  login,
}) => {
  await login(page, 'admin')
  const read = async () => {
    await page.goto('/')
    const links = await page.locator('main a[aria-label]').evaluateAll((all) =>
      all.map((link) => ({
        name: link.getAttribute('aria-label') ?? '',
        href: link.getAttribute('href') ?? '',
      })),
    )
    return links.flatMap(({ name, href }) => {
      const groups = numbered.exec(name)?.groups
      const [label, count] = [groups?.label, groups?.count]
      return label && count ? [{ label, count: toNumber(count), href }] : []
    })
  }
  const figures = await read()
  expect(figures.length).toBeGreaterThan(10)
  for (const { label } of figures) {
    // The inventory goes on being read meanwhile: both numbers are then read again.
    await expect(async () => {
      const figure = (await read()).find((one) => one.label === label)
      expect(figure, label).toBeDefined()
      await page.goto(figure?.href ?? '')
      const counter = /\((?<count>[\d,]+)/.exec(
        await page
          .locator('main')
          .getByRole('heading', { level: 1 })
          .innerText({ timeout: 10_000 }),
      )
      expect(toNumber(counter?.groups?.count ?? 'none'), `${label} at ${figure?.href}`).toBe(
        figure?.count,
      )
    }).toPass({ timeout: 45_000 })
  }
})
