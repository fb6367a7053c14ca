import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import { errors, type default as Provider } from 'oidc-provider'
import type { IdpOptions } from './arguments'
import { contentSecurityPolicy, errorPage, pickPage } from './html'
import { findPerson, people } from './people'

/** The provider's endpoints, the page to pick a person, and GET /health. */
export function makeServer(provider: Provider, options: IdpOptions): http.Server {
  const serve = provider.callback()
  const policy = contentSecurityPolicy(new URL(options.redirect).origin)
  const isOurs = makeHostCheck(options)
  return http.createServer((request, response) => {
    response.setHeader('content-security-policy', policy)
    response.setHeader('referrer-policy', 'no-referrer')
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('cache-control', 'no-store')
    if (!isOurs(request.headers.host))
      return sendHtml(
        response,
        421,
        errorPage(`This identity provider answers at ${options.issuer} only.`),
      )
    const { pathname } = new URL(request.url ?? '/', 'http://idp')
    if (pathname === '/health') return sendHtml(response, 200, '{"ok":true}', 'application/json')
    if (pathname === '/auth' || pathname.startsWith('/auth/')) forgetSession(request)
    if (!pathname.startsWith('/interaction/')) return serve(request, response)
    return void pick(provider, request, response).catch((error: unknown) => {
      if (error instanceof errors.SessionNotFound)
        return sendHtml(
          response,
          400,
          errorPage('This sign-in was begun in another browser, or too long ago.'),
        )
      console.error(error)
      sendHtml(response, 500, errorPage('The identity provider failed; its log says why.'))
    })
  })
}

/**
 * A name that was re-bound to this machine comes with its own Host: its page would
 * read who is signed in as whom.
 */
function makeHostCheck({ issuer, port }: IdpOptions): (host: string | undefined) => boolean {
  const own = new Set([
    new URL(issuer).host,
    ...['localhost', '127.0.0.1', '[::1]'].map((name) => `${name}:${port}`),
  ])
  return (host) => own.has(host?.toLowerCase() ?? '')
}

/**
 * Someone picks a person at each sign-in: no session of an earlier one brings that person back,
 * or asks to be ended first.
 */
function forgetSession(request: IncomingMessage): void {
  const kept = (request.headers.cookie ?? '')
    .split('; ')
    .filter((cookie) => !cookie.startsWith('_session'))
  request.headers.cookie = kept.join('; ')
}

async function pick(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uid } = await provider.interactionDetails(request, response)
  const action = `/interaction/${uid}`
  if (request.method !== 'POST') return sendHtml(response, 200, pickPage(action, people))
  const person = findPerson(new URLSearchParams(await readBody(request)).get('person') ?? undefined)
  if (!person) return sendHtml(response, 400, pickPage(action, people))
  await provider.interactionFinished(
    request,
    response,
    { login: { accountId: person.id, remember: false } },
    { mergeWithLastSubmission: false },
  )
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > 10_000) throw new Error('the form is too long')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function sendHtml(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/html; charset=utf-8',
): void {
  if (response.headersSent) return void response.end()
  response.writeHead(status, { 'content-type': type }).end(body)
}
