/**
 * @typedef {import('node:http').ServerResponse} Response
 * @typedef {import('./refuse.mjs').Refusal} Refusal
 * @typedef {import('./request-facts.mjs').Instead} Instead
 */

/**
 * Answers in our words, with the security headers that stand on the response.
 * @param {Response} response
 * @param {Refusal} refusal
 */
export function answer(response, { status, words, headers = {} }) {
  for (const name of [
    'content-length',
    'content-encoding',
    'transfer-encoding',
    'etag',
    'location',
  ]) {
    response.removeHeader(name)
  }
  response.statusCode = status
  const own = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }
  for (const [name, value] of Object.entries({ ...own, ...headers }))
    response.setHeader(name, value)
  response.end(`${words}\n`)
}

/**
 * Lets somebody else write to a response until `decide` names a refusal, which is then the answer:
 * whatever they write after that goes nowhere. `decide` is asked when the head is about to leave,
 * `instead` for another status of what they wrote.
 * @param {Response} response
 * @param {{ decide: (status: number) => Refusal | null, instead?: () =>
 *   Instead | undefined }} asked
 * @returns {{ refuse: (refusal: Refusal) => void }} to refuse at any other
 *   moment, while nothing has left
 */
export function guardResponse(response, { decide, instead = () => undefined }) {
  const { writeHead, write, end, flushHeaders } = response
  let isOurs = false

  /** @param {Refusal} refusal */
  const refuse = (refusal) => {
    if (isOurs || response.headersSent) return
    isOurs = true
    Object.assign(response, { writeHead, write, end, flushHeaders })
    answer(response, refusal)
    const ignore = (/** @type {unknown[]} */ ...args) => {
      const done = args.find((one) => typeof one === 'function')
      if (typeof done === 'function') process.nextTick(done)
      return true
    }
    Object.assign(response, {
      write: ignore,
      end: ignore,
      writeHead: () => response,
      flushHeaders: () => {},
    })
  }

  /** @param {number} status */
  const isRefused = (status) => {
    if (!isOurs && !response.headersSent) {
      const refusal = decide(status)
      if (refusal) refuse(refusal)
    }
    if (!isOurs && !response.headersSent) overrule()
    return isOurs
  }

  const overrule = () => {
    const own = instead()
    if (!own) return
    response.statusCode = own.status
    for (const [name, value] of Object.entries(own.headers)) response.setHeader(name, value)
  }

  response.writeHead = (/** @type {[number, ...any[]]} */ status, ...args) =>
    isRefused(status) ? response : writeHead.call(response, instead()?.status ?? status, ...args)
  response.flushHeaders = () => {
    if (!isRefused(response.statusCode)) flushHeaders.call(response)
  }
  response.write = (/** @type {any[]} */ ...args) =>
    isRefused(response.statusCode) ? true : write.apply(response, args)
  response.end = (/** @type {any[]} */ ...args) =>
    isRefused(response.statusCode) ? response : end.apply(response, args)
  return { refuse }
}
