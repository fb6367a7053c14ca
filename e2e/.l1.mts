import { open } from './.look.mts'
const { browser, page } = await open()
const t = Date.now()
await page.goto('/keys', { timeout: 120000 }); console.log('goto', Date.now() - t)
await page.waitForTimeout(4000)
await page.screenshot({ path: '/tmp/s1.png' })
await browser.close()
