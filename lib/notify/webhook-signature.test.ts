import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Message } from './message'
import { isOldSecret, makeWebhookSecret, signWebhook } from './webhook-signature'

const message = (more: Partial<Message> = {}): Message => ({
  id: 'd1',
  event: 'request.sent',
  requestId: 'r1',
  title: 'R-1 waits for you',
  body: 'Ann asks for a grant.',
  link: 'https://claviger.example.com/requests/1?a=1&b=2',
  needsAction: true,
  createdAt: new Date(0),
  ...more,
})
const said = {
  id: 'd1',
  event: 'request.sent',
  requestId: 'r1',
  title: 'R-1 waits for you',
  body: 'Ann asks for a grant.',
  link: 'https://claviger.example.com/requests/1?a=1&b=2',
  needsAction: true,
  createdAt: '1970-01-01T00:00:00.000Z',
}

describe('a signed webhook', () => {
  afterEach(() => void vi.useRealTimers())
  const at = (seconds: number) => vi.useFakeTimers({ now: seconds * 1000 })
  type Headers = Record<string, string>
  /** As a receiver has it, with nothing of ours but the secret. */
  const verify = (secret: string, { headers, body }: { headers: Headers; body: string }) =>
    new Webhook(secret).verify(body, headers)

  it('is accepted by the library of Standard Webhooks, and not with another body, secret, id or time', () => {
    const [secret, other] = [makeWebhookSecret(), makeWebhookSecret()]
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(2_000_000_000), (body, seconds) => {
        const signed = signWebhook(message({ body }), secret, seconds)
        const altered = (headers: Headers) => ({
          ...signed,
          headers: { ...signed.headers, ...headers },
        })
        at(seconds + 299)
        expect(verify(secret, signed)).toEqual({ ...said, body })
        expect(() => verify(other, signed)).toThrow('No matching signature')
        for (const wrong of [
          { ...signed, body: `${signed.body} ` },
          altered({ 'webhook-id': 'd2' }),
          altered({ 'webhook-timestamp': String(seconds + 1) }),
        ])
          expect(() => verify(secret, wrong)).toThrow('No matching signature')
        at(seconds + 301)
        expect(() => verify(secret, signed)).toThrow('too old')
      }),
    )
  })

  it('is accepted with an old secret written as theirs: whsec_ and the base64 of its text', () => {
    const old = 'clvsec_o0-UKPjBXyCXRWpCbFEzLvUoHHRZTDF-Ww7tJZ3T3yM'
    at(1_000)
    const signed = signWebhook(message(), old, 1_000)
    expect(verify(`whsec_${Buffer.from(old).toString('base64')}`, signed)).toEqual(said)
  })

  it('bears the old headers with an old secret alone', () => {
    const names = (secret: string) => Object.keys(signWebhook(message(), secret, 1).headers)
    const standard = ['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature']
    expect(names(makeWebhookSecret())).toEqual(standard)
    expect(names('clvsec_x')).toEqual([
      ...standard,
      'claviger-event',
      'claviger-delivery',
      'claviger-signature',
    ])
  })
})

it('a new secret has 32 random bytes and is none of the old ones', () => {
  const made = Array.from({ length: 50 }, makeWebhookSecret)
  expect(new Set(made).size).toBe(50)
  for (const secret of made) {
    expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32)
    expect(isOldSecret(secret)).toBe(false)
  }
})
