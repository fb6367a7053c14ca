import { setTimeout as sleep } from 'node:timers/promises'
import { downloads, handlers, pages, queries } from '../../e2e/doors'
import { product } from '../../e2e/product'
import { readBuild } from '../../e2e/support/build'
import type { Who } from '../../e2e/support/people'
import { ask } from '../../e2e/support/raw-request'
import { signInByHttp } from '../../e2e/support/session'
import type { ChangeDetail, RequestDetail } from '../changes/read/shapes'
import { appArn, type FilledKey } from './moto-fill'

/** One signed-in person, over HTTP as their browser would. */
export type Person = {
  get: (path: string) => Promise<{ status: number; body: string; ms: number }>
  /** Presses a button: the server action, by the page that has it. @throws Error in its words */
  act: <T>(name: string, input: unknown) => Promise<T>
  readRequest: (id: string) => Promise<RequestDetail>
}

export async function signIn(who: Who): Promise<Person> {
  const browser = await signInByHttp(who)
  const { cookies } = await browser.storageState()
  await browser.dispose()
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const { actions } = readBuild()

  const get: Person['get'] = async (path) => {
    const began = performance.now()
    const { status, body } = await ask(path, { headers: { cookie } })
    return { status, body, ms: Math.round(performance.now() - began) }
  }
  return {
    get,
    async act<T>(name: string, input: unknown) {
      const found = actions.find((action) => action.name === name)
      if (!found) throw new Error(`the build has no action ${name}`)
      const { body } = await ask(found.page.replace('[id]', 'x'), {
        method: 'POST',
        body: JSON.stringify([input]),
        headers: {
          cookie,
          origin: product.url,
          'sec-fetch-site': 'same-origin',
          'next-action': found.id,
          'content-type': 'text/plain;charset=UTF-8',
          accept: 'text/x-component',
        },
      })
      return readAnswer<T>(name, body)
    },
    async readRequest(id) {
      const { status, body } = await get(`/api/requests/${id}`)
      if (status !== 200)
        throw new Error(`/api/requests/${id} answers ${status}: ${body.slice(0, 200)}`)
      return JSON.parse(body) as RequestDetail // of our own making
    },
  }
}

type Answer<T> = { ok: true; data: T } | { ok: false; error: { message: string; fields?: unknown } }

/** React's stream has the answer of an action on a line of its own. */
function readAnswer<T>(name: string, body: string): T {
  const line = body.split('\n').find((each) => /^[0-9a-f]+:\{"ok":/.test(each))
  if (!line) throw new Error(`${name} did not answer: ${body.slice(0, 300)}`)
  const answer = JSON.parse(line.slice(line.indexOf('{'))) as Answer<T>
  if (answer.ok) return answer.data
  throw new Error(`${name}: ${answer.error.message} ${JSON.stringify(answer.error.fields ?? {})}`)
}

type Shown = { key: FilledKey; rsaKey: FilledKey; requestId: string }

/** Every page, every handler that needs no more than a key, and the two forms, as one person. */
export async function openAll(person: Person, { key, rsaKey, requestId }: Shown) {
  const needsMore = (route: string) => route in queries || route.includes('[seq]')
  const isAsked = ([route, permission]: [string, string]) =>
    permission !== 'anyone' && !needsMore(route)
  const arn = encodeURIComponent(key.arn)
  const search: Record<string, string> = {
    '/requests/decide': `?id=${requestId}`,
    '/api/access/compare': `?a=${arn}&b=${encodeURIComponent(rsaKey.arn)}`,
    '/api/access/of-principal': `?principal=${encodeURIComponent(appArn(key.accountId))}`,
  }
  const routes = [...Object.entries(pages), ...Object.entries(handlers)].filter(isAsked)
  const paths = routes.map(([route]) => {
    const { accountId, region, keyId } = route.endsWith('/public-key') ? rsaKey : key
    const path = route
      .replace('[account]', accountId)
      .replace('[region]', region)
      .replace('[keyId]', keyId)
      .replace('[id]', requestId)
    return path + (search[route] ?? '')
  })
  for (const kind of ['grant-create', 'policy-put']) {
    paths.push(`/requests/new?kind=${kind}&key=${arn}`)
  }
  paths.push(...Object.keys(downloads).map((table) => `${table}?format=csv`))
  const opened: { path: string; status: number; ms: number; isFailed: boolean }[] = []
  for (const path of paths) {
    const { status, body, ms } = await person.get(path)
    const isFailed = status !== 200 || body.includes('data-failure="')
    opened.push({ path, status, ms, isFailed })
  }
  return opened
}

/** Waits until the one change of a request is where it should be. @throws Error with what it is */
export async function waitForChange(
  person: Person,
  id: string,
  wanted: ChangeDetail['status'],
  withinMs = 60_000,
): Promise<ChangeDetail> {
  for (const until = Date.now() + withinMs; ; await sleep(300)) {
    const [change] = (await person.readRequest(id)).whole
    if (change?.status === wanted) return change
    if (Date.now() > until) {
      throw new Error(`the change is ${change?.status} and not ${wanted}: ${change?.problem ?? ''}`)
    }
  }
}
