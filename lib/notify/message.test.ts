import { createHmac, timingSafeEqual } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeSlack, mailText, signWebhook, slackMessage, type Message } from './message'

const message = (more: Partial<Message> = {}): Message => ({
  id: 'd1',
  event: 'request.sent',
  requestId: null,
  title: 'R-1 waits for you',
  body: 'Ann asks for a grant.',
  link: 'https://claviger.example.com/requests/1?a=1&b=2',
  needsAction: true,
  createdAt: new Date(0),
  ...more,
})

/**
 * What Slack, Mattermost and their likes read in a text: links and mentions between < and >,
 * bare @names after no word.
 */
const controls = (text: string) => [...text.matchAll(/<[^>]*>/g)].map(([found]) => found)
const unescape = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

const nasty = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string(),
  fc
    .array(
      fc.constantFrom(
        '<!channel>',
        '<!here|x>',
        '<@U123>',
        '<https://evil.example|Open in Claviger>',
        '@all',
        '@channel',
        '&lt;',
        '&',
        '>',
        '*',
        '`',
        '\n',
        'ann@example.com ',
      ),
    )
    .map((parts) => parts.join('')),
)

describe('a message to Slack', () => {
  it('holds one link, ours, and no mention, whatever people and AWS wrote', () => {
    fc.assert(
      fc.property(nasty, nasty, (title, body) => {
        const { text, blocks } = JSON.parse(slackMessage(message({ title, body })).body) as {
          text: string
          blocks: { text: { text: string; verbatim: boolean } }[]
        }
        const shown = blocks.map((block) => block.text.text)
        expect(shown.flatMap(controls)).toEqual([
          '<https://claviger.example.com/requests/1?a=1&amp;b=2|Open in Claviger>',
        ])
        expect(controls(text)).toEqual([])
        expect([text, ...shown].filter((part) => /(?<![\w.+-])@\w/.test(part))).toEqual([])
        expect(
          blocks.every((block) => block.text.verbatim && block.text.text.length <= 3_000),
        ).toBe(true)
      }),
    )
  })

  it('still says what was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(unescape(escapeSlack(text)).replaceAll('\u200b', '')).toBe(
          text.replaceAll('\u200b', ''),
        )
      }),
    )
    expect(escapeSlack('mail ann@example.com')).toBe('mail ann@example.com')
  })

  it('stays within what Slack takes, however long the words', () => {
    const { blocks } = JSON.parse(
      slackMessage(message({ title: 'ä&'.repeat(9_000), body: '😀<'.repeat(9_000) })).body,
    ) as { blocks: { text: { text: string } }[] }
    expect(blocks.length).toBe(3)
    for (const { text } of blocks) expect(text.text.length).toBeLessThanOrEqual(3_000)
  })
})

describe('a signed webhook', () => {
  /** Written as a receiver would, from the documentation alone. */
  function verify(
    headers: Record<string, string>,
    raw: Buffer,
    secret: string,
    now: number,
  ): boolean {
    const fields = new Map(
      (headers['claviger-signature'] ?? '')
        .split(',')
        .map((field): [string, string] => [
          field.slice(0, field.indexOf('=')),
          field.slice(field.indexOf('=') + 1),
        ]),
    )
    const [t, v1] = [fields.get('t') ?? '', fields.get('v1') ?? '']
    if (Math.abs(now - Number(t)) > 300) return false
    const expected = createHmac('sha256', Buffer.from(secret))
      .update(Buffer.concat([Buffer.from(`${t}.`), raw]))
      .digest()
    const given = Buffer.from(v1, 'hex')
    return given.length === expected.length && timingSafeEqual(given, expected)
  }

  it('is accepted as sent, and not with another body, secret or time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(2_000_000_000), (body, seconds) => {
        const signed = signWebhook(message({ body }), 'clvsec_x', seconds)
        const raw = Buffer.from(signed.body)
        expect(verify(signed.headers, raw, 'clvsec_x', seconds + 299)).toBe(true)
        expect(
          verify(signed.headers, Buffer.concat([raw, Buffer.from(' ')]), 'clvsec_x', seconds),
        ).toBe(false)
        expect(verify(signed.headers, raw, 'clvsec_y', seconds)).toBe(false)
        expect(verify(signed.headers, raw, 'clvsec_x', seconds + 301)).toBe(false)
        expect(
          verify(
            {
              ...signed.headers,
              'claviger-signature': (signed.headers['claviger-signature'] ?? '').replace(
                /t=\d+/,
                `t=${seconds + 1}`,
              ),
            },
            raw,
            'clvsec_x',
            seconds,
          ),
        ).toBe(false)
      }),
    )
  })

  it('says what it is about, with a full link', () => {
    expect(JSON.parse(signWebhook(message({ requestId: 'r1' }), 's', 1).body)).toEqual({
      id: 'd1',
      event: 'request.sent',
      requestId: 'r1',
      title: 'R-1 waits for you',
      body: 'Ann asks for a grant.',
      link: 'https://claviger.example.com/requests/1?a=1&b=2',
      needsAction: true,
      createdAt: '1970-01-01T00:00:00.000Z',
    })
  })
})

it('an e-mail is plain text with the link', () => {
  expect(mailText(message({ body: '' }))).toMatch(
    /^https:\/\/claviger\.example\.com\/requests\/1\?a=1&b=2\n\nYou get this because it needs something from you\./,
  )
})
