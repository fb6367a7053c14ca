// What libraries print becomes a line of our log: one JSON object, whatever was
// in a request they speak of.
import { formatWithOptions } from 'node:util'
import { redactText } from '../log-redact.mjs'

const longest = 8_000

/**
 * A log line as lib/log.ts writes it, with nothing in it that a terminal would obey.
 * @param {string} level
 * @param {unknown[]} words
 */
export function toLogLine(level, words) {
  const text = formatWithOptions({ colors: false, depth: 4 }, ...words)
  const msg = redactText(text.length > longest ? `${text.slice(0, longest)}…` : text)
  const line = {
    level,
    time: new Date().toISOString(),
    part: process.env.CLAVIGER_PART ?? 'claviger',
    pid: process.pid,
    msg,
  }
  return `${escapeControls(JSON.stringify(line))}\n`
}

/**
 * JSON leaves DEL, the C1 controls and the two line separators as they are. @param {string} json
 */
const escapeControls = (json) =>
  json.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/**
 * Sends what goes to the console, warnings of Node and what nobody caught to the log.
 * @returns {() => void} leaves what nobody caught to Next, once it has a listener
 *   that says it on the console
 */
export function logConsole() {
  const write =
    (/** @type {string} */ level) =>
    (/** @type {unknown[]} */ ...words) => {
      process.stdout.write(toLogLine(level, words))
    }
  Object.assign(console, {
    log: write('info'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    debug: write('debug'),
    trace: write('debug'),
  })
  process.removeAllListeners('warning')
  process.on('warning', (warning) => write('warn')(warning))
  const noteRejection = (/** @type {unknown} */ reason) =>
    write('error')('nobody waited for what failed:', reason)
  process.on('unhandledRejection', noteRejection)
  return () => {
    if (process.listenerCount('unhandledRejection') > 1)
      process.off('unhandledRejection', noteRejection)
  }
}
