// Plain JavaScript: the web server uses it before TypeScript runs.
/**
 * Names of members whose value never belongs into a log: credentials, tokens, key
 * material and what it protects.
 */
const SECRET_NAMES = [
  'authorization|cookie|set-?cookie|password|passphrase|secret',
  '(access|refresh|id|session|grant|security|import|csrf)?_?-?tokens?',
  'client_?secret|secret_?access_?key|nextauth_?secret|private_?key.*',
  'plaintext|ciphertext.*|.*key_?material|mac',
  'database_?url|smtp_?url|x-amz-security-token',
]
const SECRET = new RegExp(`^(${SECRET_NAMES.join('|')})$`, 'i')
/** Credentials inside an address: postgresql://user:secret@host */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi

/** @param {string} text */
export const redactText = (text) => text.replace(URL_PASSWORD, '$1:[redacted]@')

/**
 * A copy fit for a log, at any depth. Never throws: what it cannot copy it names.
 * @param {unknown} value
 * @returns {unknown}
 */
export function redact(value, depth = 0) {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (depth > 6) return '[deep]'
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`
  if (value instanceof Error) return redactError(value, depth)
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      SECRET.test(name) ? '[redacted]' : redact(member, depth + 1),
    ]),
  )
}

/** @param {Error} error @param {number} depth @returns {Record<string, unknown>} */
function redactError(error, depth) {
  const { name, message, stack, cause, ...rest } = error
  return {
    ...redact(rest, depth + 1),
    type: name,
    message: redactText(message),
    stack: redactText(stack ?? ''),
    ...(cause === undefined ? {} : { cause: redact(cause, depth + 1) }),
  }
}
