import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'

test.describe.configure({ timeout: 180_000 })

type Figure = { label: string; count: number; href: string }

/** What a screen reader says of a link with a number: what it is called, and its count. */
const numbered = /^(?<label>.+): (?<count>[\d,]+)$/

const toNumber = (text: string) => Number(text.replaceAll(',', ''))

/** Every link of the overview that says a number, as the server sends it. */
async function readFigures(page: Page): Promise<Figure[]> {
  const links = await page.evaluate(async () => {
    const html = await (await fetch('/')).text()
    const overview = new DOMParser().parseFromString(html, 'text/html')
    return [...overview.querySelectorAll('main a[aria-label]')].map((link) => ({
      name: link.getAttribute('aria-label') ?? '',
      href: link.getAttribute('href') ?? '',
    }))
  })
  return links.flatMap(({ name, href }) => {
    const { label, count } = numbered.exec(name)?.groups ?? {}
    return label && count ? [{ label, count: toNumber(count), href }] : []
  })
}

const countIn = (heading: string) =>
  toNumber(/\((?<count>[\d,]+)/.exec(heading)?.groups?.count ?? 'none')

/** The count beside the heading of a page, as the server sends it. */
const countAt = async (page: Page, href: string) =>
  countIn(
    await page.evaluate(async (address) => {
      const html = await (await fetch(address)).text()
      const opened = new DOMParser().parseFromString(html, 'text/html')
      return opened.querySelector('main h1')?.textContent ?? ''
    }, href),
  )

test('every number of the overview is the count of the page that it opens', async ({
  page,
  login,
}) => {
  await login(page, 'admin')
  await page.goto('/')
  let figures = await readFigures(page)
  expect(figures.length).toBeGreaterThan(10)
  // The inventory goes on being read meanwhile: both numbers are then read again.
  for (const { label } of figures)
    await expect(async () => {
      const figure = figures.find((one) => one.label === label)
      const count = await countAt(page, figure?.href ?? '')
      if (count !== figure?.count) figures = await readFigures(page)
      expect(count, `${label} at ${figure?.href}`).toBe(figure?.count)
    }).toPass({ timeout: 45_000 })

  // What the server sends is what a click shows: at one number of each page that numbers open.
  const firsts = new Map(figures.toReversed().map((one) => [one.href.split('?')[0], one]))
  expect(firsts.size).toBeGreaterThan(2)
  for (const { label } of firsts.values())
    await expect(async () => {
      await page.goto('/')
      const link = page.locator(`main a[aria-label^="${label}: "]`).first()
      const shown = numbered.exec((await link.getAttribute('aria-label')) ?? '')?.groups?.count
      await link.click()
      const heading = page.locator('main').getByRole('heading', { level: 1 })
      const whole = new RegExp(`\\(${shown}(?![\\d,])`)
      await expect(heading).toContainText(whole, { timeout: 10_000 })
    }).toPass({ timeout: 45_000 })
})
