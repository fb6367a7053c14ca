import http from 'node:http'
import { product } from '../product'

export type Answer = {
  status: number
  location: string
  body: string
  headers: http.IncomingHttpHeaders
}

type Asked = {
  method?: string
  headers?: Record<string, string>
  body?: string
  timeoutMs?: number
}

/**
 * Asks for a path exactly as it is spelled (fetch would tidy it). Follows nothing but Next's
 * correction of its own `_rsc` parameter, which it wants to match the headers of a streamed page.
 */
export async function ask(path: string, asked: Asked = {}): Promise<Answer> {
  const answer = await askOnce(path, asked)
  const corrected =
    answer.status === 307 &&
    /[?&]_rsc(=|&|$)/.test(answer.location) &&
    answer.location.split('?')[0] === path.split('?')[0]
  return corrected ? askOnce(answer.location, asked) : answer
}

function askOnce(
  path: string,
  { method = 'GET', headers = {}, body, timeoutMs = 30_000 }: Asked,
): Promise<Answer> {
  const { hostname, port, host } = new URL(product.url)
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        hostname,
        port,
        path,
        method,
        headers: { host, accept: 'text/html', ...headers },
        timeout: timeoutMs,
      },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location ?? '',
            body: Buffer.concat(parts).toString('utf8'),
            headers: response.headers,
          }),
        )
        response.on('error', reject)
      },
    )
    request.on('timeout', () => request.destroy(new Error(`no answer for ${method} ${path}`)))
    request.on('error', reject)
    request.end(body)
  })
}
