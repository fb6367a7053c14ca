import { request, type APIRequestContext, type BrowserContextOptions } from '@playwright/test'
import { product } from '../product'
import type { Who } from './people'

type StorageState = Exclude<BrowserContextOptions['storageState'], string | undefined>
const kept = new Map<string, Promise<StorageState>>()

/**
 * Signs in at the real identity provider, as a browser without its screen would: every
 * redirect, cookie and token is real.
 */
export async function signInByHttp(who: Who, url = product.url): Promise<APIRequestContext> {
  const browser = await request.newContext({ baseURL: url })
  const { csrfToken } = (await (await browser.get('/api/auth/csrf')).json()) as {
    csrfToken: string
  }
  const begun = await browser.post('/api/auth/signin/oidc', {
    form: { csrfToken, callbackUrl: '/settings/me', json: 'true' },
  })
  const { url: provider } = (await begun.json()) as { url: string }
  const pick = await browser.get(provider)
  const back = await browser.post(pick.url(), { form: { person: who } })
  if (new URL(back.url()).pathname !== '/settings/me')
    throw new Error(`${who} came back to ${back.url()} with ${back.status()}`)
  return browser
}

/** Cookies of a signed-in person, made once for a test run. `url`: of a further product. */
export function sessionOf(who: Who, url = product.url): Promise<StorageState> {
  const known = kept.get(`${who} ${url}`)
  if (known) return known
  const made = signInByHttp(who, url).then(async (browser) => {
    const state = await browser.storageState()
    await browser.dispose()
    return state
  })
  kept.set(`${who} ${url}`, made)
  return made
}

/** After a test that ended sessions or changed what a sign-in gives. */
export const forgetSessions = (): void => kept.clear()
