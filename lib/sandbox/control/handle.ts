import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Sandbox } from '../sandbox'
import { ControlError } from './control-error'
import { controls } from './controls'

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i

/**
 * `/_sandbox/…`: only for a loopback Host header (a name that was re-bound to 127.0.0.1 carries its
 * own) and never for a page in a browser (those send Origin).
 */
export async function handleControl(
  sandbox: Sandbox,
  incoming: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): Promise<void> {
  if (!loopback.test(incoming.headers.host ?? '') || incoming.headers.origin !== undefined) {
    return say(response, 403, {
      error: 'The control API answers on loopback only, and to no web page.',
    })
  }
  const url = new URL(incoming.url ?? '/', 'http://localhost')
  const name = `${incoming.method} ${url.pathname.slice('/_sandbox/'.length)}`
  const control = Object.hasOwn(controls, name) ? controls[name] : undefined
  if (!control)
    return say(response, 404, {
      error: `There is no ${name}. There are: ${Object.keys(controls).join(', ')}.`,
    })
  try {
    say(response, 200, await control(sandbox, readJson(body), url.searchParams))
  } catch (error) {
    if (!(error instanceof ControlError)) console.error('sandbox: control', name, error)
    say(response, error instanceof ControlError ? 400 : 500, {
      error: error instanceof Error ? error.message : 'unknown',
    })
  }
}

function readJson(body: Buffer): unknown {
  if (body.length === 0) return {}
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new ControlError('The body is no JSON.')
  }
}

function say(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value)
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    })
    .end(text)
}
