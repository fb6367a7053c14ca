import { defineConfig } from '@playwright/test'
import { findChromium } from './e2e/chromium'
import { findProduct } from './e2e/product'

const { executablePath, args } = await findChromium()

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/global-setup.ts',
  outputDir: 'test-results',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // Each has a product of its own (e2e/global-setup.ts): the specs of one worker share its
  // data, its clock, its sandbox. A third would keep two cores busy with its own sweeps.
  workers: 2,
  // Last and alone: it kills and starts a product of its own, whose ports must still be free when
  // its database comes back, while the others open hundreds of connections.
  projects: [
    { name: 'console', testIgnore: 'launcher.spec.ts' },
    { name: 'launcher', testMatch: 'launcher.spec.ts', dependencies: ['console'] },
  ],
  forbidOnly: Boolean(process.env.CI),
  reporter: process.env.E2E_REPORT
    ? [['list'], ['json', { outputFile: process.env.E2E_REPORT }]]
    : [['list']],
  use: {
    baseURL: findProduct()?.url,
    launchOptions: { executablePath, args },
    viewport: { width: 1440, height: 900 },
    // A page that draws itself sixty times a second for a spinner takes that time from all others.
    contextOptions: { reducedMotion: 'reduce' },
    // Recording costs every test 7 %; a failure leaves its screenshot and the page in words.
    trace: process.env.E2E_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
  },
})
