import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeSlack, mailText, slackMessage, type Message } from './message'

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

it('an e-mail is plain text with the link', () => {
  expect(mailText(message({ body: '' }))).toMatch(
    /^https:\/\/claviger\.example\.com\/requests\/1\?a=1&b=2\n\nYou get this because it needs something from you\./,
  )
})
