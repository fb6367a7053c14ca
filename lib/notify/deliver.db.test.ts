import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it, vi } from 'vitest'
import { pausesSeconds } from './deliver'
import { sealWebhook } from './seal'
import { settingName } from './settings'
import { setUpDelivery } from './test/delivering'

const {
  db,
  sql,
  smtp,
  receiver,
  payload,
  secretOf,
  queue,
  saveWebhooks,
  turn,
  makeDue,
  answerWith,
} = await setUpDelivery()

/** What a receiver does that knows nothing of us but the secret. */
const verifyStandard = (secret: string, posted: (typeof receiver.posts)[number] | undefined) =>
  new Webhook(secret).verify(
    posted?.body ?? '',
    Object.fromEntries(
      Object.entries(posted?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    ),
  )
describe('delivery', () => {
  it('sends an e-mail as text with the link, once', async () => {
    const { id } = await queue('email', 'ann@example.com', {
      payload: { ...payload, title: 'R-1\r\nBcc: evil@example.com' },
    })
    await turn()
    await turn()
    expect(smtp.mails).toHaveLength(1)
    const [mail] = smtp.mails
    expect(mail?.to).toEqual(['ann@example.com'])
    expect(mail?.data).toContain('https://claviger.example.com/requests/1')
    expect(mail?.data).toMatch(/^Subject: R-1 Bcc: evil@example\.com$/m)
    expect(mail?.data).not.toMatch(/^Bcc:/m)
    expect(mail?.data).toContain(`Message-ID: <${id}@claviger.example.com>`)
    expect(await db.delivery.findUniqueOrThrow({ where: { id } })).toMatchObject({
      status: 'sent',
      tries: 1,
      problem: null,
      leaseUntil: null,
    })
  })

  it('signs a webhook so that its receiver can tell', async () => {
    await saveWebhooks('ops')
    const { id } = await queue('webhook', 'ops')
    await turn()
    const [posted] = receiver.posts
    expect(posted).toMatchObject({ path: '/ops', headers: { 'webhook-id': id } })
    expect(verifyStandard(secretOf('ops'), posted)).toMatchObject({
      title: payload.title,
      link: 'https://claviger.example.com/requests/1',
    })
    expect(Object.keys(posted?.headers ?? {}).join()).not.toContain('claviger')
  })

  it('signs with an old secret both ways, so that no receiver has to change before it is renewed', async () => {
    await saveWebhooks('old-ops')
    const { id } = await queue('webhook', 'old-ops')
    await turn()
    const [posted] = receiver.posts
    expect(posted?.headers).toMatchObject({
      'claviger-delivery': id,
      'claviger-event': 'request.sent',
    })
    const [, t = '', v1 = ''] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(posted?.headers['claviger-signature'])) ?? []
    expect(v1).toBe(
      createHmac('sha256', secretOf('old-ops')).update(`${t}.${posted?.body}`).digest('hex'),
    )
    expect(Math.abs(Date.now() / 1000 - Number(t))).toBeLessThan(60)
    const asStandard = `whsec_${Buffer.from(secretOf('old-ops')).toString('base64')}`
    expect(verifyStandard(asStandard, posted)).toMatchObject({ title: payload.title })
  })

  it('speaks to Slack with a link that opens the request, and without a signature', async () => {
    await saveWebhooks('slack-keys')
    await queue('slack', 'slack-keys')
    await turn()
    expect(receiver.posts[0]?.body).toContain(
      '<https://claviger.example.com/requests/1|Open in Claviger>',
    )
    expect(receiver.posts[0]?.body).toContain('Ann &amp; Bob ask.')
    expect(Object.keys(receiver.posts[0]?.headers ?? {}).join()).not.toMatch(/webhook|claviger/)
  })

  it('tries again with growing pauses for about a day, then has failed and says why', async () => {
    answerWith(() => 503)
    await saveWebhooks('ops')
    const { id } = await queue('webhook', 'ops')
    const pauses: number[] = []
    for (let tries = 1; ; tries++) {
      await turn()
      const [row] = await sql.query<{
        status: string
        tries: number
        problem: string
        pause: number
      }>(
        `SELECT "status", "tries", "problem",
          extract(epoch FROM "nextTryAt" - now())::float AS pause FROM "Delivery"
          WHERE "id" = $1`,
        [id],
      )
      expect(row).toMatchObject({ tries, problem: 'The host answered with status 503.' })
      if (row?.status === 'failed') break
      pauses.push(row?.pause ?? 0)
      await turn() // not due: nothing happens
      expect(receiver.posts).toHaveLength(tries)
      await makeDue()
    }
    expect(pauses).toHaveLength(pausesSeconds.length)
    for (const [i, pause] of pauses.entries())
      expect(Math.abs(pause / (pausesSeconds[i] ?? 0) - 1)).toBeLessThan(0.2)
    expect(pausesSeconds.reduce((a, b) => a + b) / 3_600).toBeGreaterThan(20)
    expect(new Set(receiver.posts.map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set([id]),
    )
    await turn()
    expect(receiver.posts).toHaveLength(pausesSeconds.length + 1)
  })

  it('arrives when the receiver is back', async () => {
    answerWith(() => 500)
    await saveWebhooks('ops')
    await queue('webhook', 'ops')
    await turn()
    answerWith(() => 204)
    await makeDue()
    await turn()
    expect(await db.delivery.findFirst()).toMatchObject({ status: 'sent', tries: 2, problem: null })
  })

  it('gives up at once on a mailbox that is not there and a webhook that was removed, not on a busy one', async () => {
    await queue('email', 'nobody@example.com')
    await queue('email', 'busy@example.com')
    await queue('webhook', 'gone')
    await turn()
    const rows = await db.delivery.findMany({ orderBy: { target: 'asc' } })
    expect(rows.map(({ target, status, problem }) => ({ target, status, problem }))).toEqual([
      {
        target: 'busy@example.com',
        status: 'queued',
        problem: expect.stringContaining('451 try later'),
      },
      { target: 'gone', status: 'failed', problem: 'This webhook was removed from the settings.' },
      {
        target: 'nobody@example.com',
        status: 'failed',
        problem: expect.stringContaining('550 5.1.1'),
      },
    ])
  })

  it('never reaches a private address that the operator did not allow', async () => {
    vi.stubEnv('CLAVIGER_WEBHOOK_ALLOW', '')
    await db.setting.create({
      data: {
        name: settingName,
        value: {
          events: {},
          hooks: [
            {
              name: 'inside',
              kind: 'webhook',
              origin: 'x',
              events: [],
              sealed: sealWebhook('inside', {
                url: `https://127.0.0.1:${receiver.port}/`,
                secret: 's',
              }),
            },
          ],
        },
      },
    })
    await queue('webhook', 'inside')
    await turn()
    expect(receiver.posts).toEqual([])
    expect(await db.delivery.findFirst()).toMatchObject({
      status: 'queued',
      problem: expect.stringContaining('not on the public Internet'),
    })
  })

  it('cannot read a webhook that was sealed under another secret or for another name, and says so', async () => {
    await saveWebhooks('ops')
    await queue('webhook', 'ops')
    vi.stubEnv('NEXTAUTH_SECRET', 'another secret of at least thirty-two characters')
    await turn()
    expect(await db.delivery.findFirst()).toMatchObject({
      problem: expect.stringContaining('NEXTAUTH_SECRET is not the one'),
    })
    expect(receiver.posts).toEqual([])
    vi.stubEnv('NEXTAUTH_SECRET', 'a secret of at least thirty-two characters')
    await db.setting.update({
      where: { name: settingName },
      data: {
        value: {
          events: {},
          hooks: [
            {
              name: 'ops',
              kind: 'webhook',
              origin: 'x',
              events: [],
              sealed: sealWebhook('other', { url: receiver.url, secret: 's' }),
            },
          ],
        },
      },
    })
    await makeDue()
    await turn()
    expect(receiver.posts).toEqual([])
  })
})
