import { chromium } from '@playwright/test'
import { encode } from 'next-auth/jwt'
const base = 'http://localhost:41877'
const who = { admin: 1, viewer: 2, scoped: 3 }
export async function open({ as = 'admin', width = 1440, height = 900, dark = false } = {}) {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless','--disable-gpu','--no-sandbox','--disable-quic','--no-first-run','--disable-background-networking','--disable-component-update','--disable-sync'] })
  const context = await browser.newContext({ baseURL: base, viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' })
  const token = await encode({ token: { person: `00000000-0000-4000-8000-00000000000${who[as]}`, version: 1, since: Math.floor(Date.now()/1000) }, secret: '0123456789abcdef0123456789abcdef0123' })
  await context.addCookies([{ name: 'claviger-41877.session', value: token, url: base }])
  const page = await context.newPage()
  page.on('console', (m) => { if (['error','warning'].includes(m.type())) console.log('CONSOLE', m.type(), m.text().slice(0, 500)) })
  page.on('pageerror', (e) => console.log('PAGEERROR', e.message.slice(0, 500)))
  return { browser, page }
}
