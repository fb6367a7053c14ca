import 'server-only'
import { createHmac, randomBytes } from 'node:crypto'
import type { Message } from './message'

/** What the specification of Standard Webhooks puts before the base64 of the key. */
const prefix = 'whsec_'

/** Returns 32 random bytes as Standard Webhooks writes a secret; the administrator sees it once. */
export const makeWebhookSecret = (): string => `${prefix}${randomBytes(32).toString('base64')}`

/** Was it made before the signatures were those of Standard Webhooks? Then its text is the key. */
export const isOldSecret = (secret: string): boolean => !secret.startsWith(prefix)

const keyOf = (secret: string): Buffer =>
  isOldSecret(secret) ? Buffer.from(secret) : Buffer.from(secret.slice(prefix.length), 'base64')

/**
 * Returns the body and headers of a signed message as Standard Webhooks 1.0 has them
 * (standardwebhooks.com), so that a receiver checks it with any library of theirs:
 * `webhook-signature: v1,<base64>` is HMAC-SHA-256 over `<webhook-id>.<webhook-timestamp>.<body as
 * sent>`. To such a library an old secret is `whsec_` and the base64 of its text.
 * @param seconds since 1970, now: a receiver refuses what is older than five minutes
 */
export function signWebhook(
  message: Message,
  secret: string,
  seconds: number,
): { headers: Record<string, string>; body: string } {
  const { id, event, requestId, title, body, link, needsAction, createdAt } = message
  const text = JSON.stringify({
    id,
    event,
    requestId,
    title,
    body,
    link,
    needsAction,
    createdAt: createdAt.toISOString(),
  })
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${seconds}.${text}`)
  return {
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(seconds),
      'webhook-signature': `v1,${signature.digest('base64')}`,
      ...(isOldSecret(secret) ? oldHeaders(message, text, secret, seconds) : {}),
    },
    body: text,
  }
}

/**
 * What receivers were told to check before: HMAC-SHA-256 in hex over `<t>.<body as sent>`, the text
 * of the secret being the key. Whoever has an old secret might still check this; with a new secret
 * it ends.
 */
function oldHeaders({ id, event }: Message, text: string, secret: string, seconds: number) {
  const signature = createHmac('sha256', secret).update(`${seconds}.${text}`).digest('hex')
  return {
    'claviger-event': event,
    'claviger-delivery': id,
    'claviger-signature': `t=${seconds},v1=${signature}`,
  }
}
